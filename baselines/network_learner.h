// Base of all rules that train a Network on labelled images with one optimizer: data, scores,
// checkpoints and measures. A derived class implements gradient().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "baselines/gradient.h"
#include "baselines/measures.h"
#include "ff/data/augment.h"
#include "ff/data/data_info.h"
#include "ff/engines/cpu/fused_options.h"
#include "ff/learn/learner.h"
#include "ff/nn/network.h"
#include "ff/optim/optimizer.h"

namespace ff::baselines {

struct NetworkLearnerOptions {
  std::vector<LayerOptions> layers = mlp_layers({512, 256, 10}, "relu");
  std::string init = "torch";
  std::string linear = "addmm";
  OptimizerOptions optimizer;
  std::int64_t epochs = 3;
  std::string engine = "autograd";  // or "fused", or "auto": fused if supported
  FusedOptions fused;
  std::int64_t batch_size = 64;  // upper limit; the last batch of an epoch may be smaller
  AugmentOptions augment;
};

/// Trains `network` by gradient() and the optimizer of the options.
class NetworkLearner : public StepLearner {
 public:
  /// Creates the network on info.device. Throws std::invalid_argument if the layers do not fit the
  /// images, or if the last layer does not have one unit per class.
  NetworkLearner(NetworkLearnerOptions options, DataInfo info);

  /// Returns the rule's gradient on normalised samples `inputs` (N, D) with labels (N). Only
  /// Pass::kTrain may change state that later calls depend on.
  virtual Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) = 0;

  /// For each hidden layer its feedback matrix and the one of backpropagation; empty if the rule
  /// has no such matrices.
  virtual std::vector<FeedbackPair> feedback_pairs() const { return {}; }

  std::vector<Phase> phases() const override { return {{"network", options_.epochs}}; }
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;
  Scores scores(const at::Tensor& inputs) override;
  std::optional<double> loss(const at::Tensor& scores, const at::Tensor& labels) const override;
  TensorDict model() const override { return network->tensors(); }
  TensorDict training_state() const override { return optimizer_->state(); }
  std::vector<at::Tensor> prunable_weights() const override;
  Measures measures(const std::vector<Batch>& batches) override;

  /// The DataInfo that the constructor received.
  const DataInfo& info() const { return info_; }

  Network network = nullptr;

 protected:
  /// One update by gradient(); returns its loss, (k).
  at::Tensor train_step(const Phase& phase, const Batch& batch) override;

  /// Creates the optimizer of the network's parameters and of `others`. The constructor of a rule
  /// with further parameters calls it again with them.
  void make_optimizer(std::vector<NamedParameter> others = {});

  /// Throws OptionError at `path` if the data are a stream, which can be passed only once: for
  /// rules that train in several phases. `what` is the value that is not supported, `allowed` the
  /// alternative for streams.
  void refuse_stream(const std::string& path,
                     const std::string& what,
                     const std::string& allowed) const;

  /// Returns the batch's images, normalised and augmented as the options say, (N, D).
  at::Tensor inputs_of(const Batch& batch) const;
  /// Returns the batch's labels (N) on the data's device.
  at::Tensor labels_of(const Batch& batch) const;

  NetworkLearnerOptions options_;
  DataInfo info_;
  std::unique_ptr<Optimizer> optimizer_;
};

}  // namespace ff::baselines
