// A classifier of a block's own: the cross-entropy of what it says of the labels is the block's
// loss.
#pragma once

#include <optional>
#include <string>

#include "baselines/auxiliary_options.h"
#include "baselines/local_loss.h"

namespace ff::baselines {

/// How a convolution's maps are made smaller for the classifier.
enum class Pooling {
  kToInputs,  // by averages, until they have no more values than the classifier's limit
  kToTwo,     // to 2 x 2 averages of each channel
};

class LocalPrediction : public LocalLoss {
 public:
  struct Options {
    Pooling pooling = Pooling::kToInputs;
    std::int64_t most_inputs = 4096;
    AuxiliaryOptions classifier;
    bool zero = false;  // whether the last layer's weight begins at 0
  };

  /// `shape` is that of what the block gives for one image. Draws the classifier.
  LocalPrediction(const Options& options, const Shape& shape, std::int64_t classes);

  at::Tensor loss(const at::Tensor& h, const at::Tensor& labels, Pass pass) const override;
  at::Tensor scores(const at::Tensor& h) const override;
  std::vector<NamedParameter> parameters() const override { return classifier->all_parameters(); }
  TensorDict tensors() const override { return classifier->tensors(); }

  Network classifier = nullptr;

 private:
  at::Tensor features(const at::Tensor& h) const;

  std::int64_t side_ = 1;  // of a map after pooling
};

}  // namespace ff::baselines
