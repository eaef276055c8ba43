// Local classifier of a block: its cross-entropy is the block's loss.
#pragma once

#include <optional>
#include <string>

#include "baselines/auxiliary_options.h"
#include "baselines/local_loss.h"

namespace ff::baselines {

/// Average pooling of feature maps in front of the classifier.
enum class Pooling {
  kToInputs,  // square maps, as large as the limit on the classifier's inputs allows
  kToTwo,     // 2 x 2 per channel
};

/// loss = CE(A(p(h)), labels), with p the pooling and A the classifier, an MLP (Nokland and Eidnes
/// 2019; Belilovsky et al. 2019).
class LocalPrediction : public LocalLoss {
 public:
  struct Options {
    Pooling pooling = Pooling::kToInputs;
    std::int64_t most_inputs = 4096;
    AuxiliaryOptions classifier;
    bool zero = false;  // true: the weight of the last layer starts at 0
  };

  /// `shape`: output shape of the block for one sample. Draws the classifier's weights.
  LocalPrediction(const Options& options, const Shape& shape, std::int64_t classes);

  at::Tensor loss(const at::Tensor& h, const at::Tensor& labels, Pass pass) const override;
  at::Tensor scores(const at::Tensor& h) const override;
  std::vector<NamedParameter> parameters() const override { return classifier->all_parameters(); }
  TensorDict tensors() const override { return classifier->tensors(); }

  Network classifier = nullptr;

 private:
  /// Returns p(h), (N, inputs).
  at::Tensor features(const at::Tensor& h) const;

  std::int64_t side_ = 1;  // side of a map after pooling
};

}  // namespace ff::baselines
