// What every rule shares that trains a Network on labelled images with one optimizer: data, scores,
// checkpoints and measures. A rule derives from it and says what the gradient is.
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
  std::vector<LayerOptions> layers = perceptron_layers({512, 256, 10}, "relu");
  std::string init = "torch";
  std::string linear = "addmm";
  OptimizerOptions optimizer;
  std::int64_t epochs = 3;
  std::string engine = "autograd";  // or "fused", or "auto": fused where it can
  FusedOptions fused;
  std::int64_t batch_size = 64;  // at most
  AugmentOptions augment;
};

class NetworkLearner : public StepLearner {
 public:
  /// The network is made on the data's device. Throws std::invalid_argument when the layers do not
  /// fit the images, or the last has not one unit for each class.
  NetworkLearner(NetworkLearnerOptions options, DataInfo info);

  /// The rule's gradient on normalised rows (N, D) with labels (N). Only Pass::kTrain may change
  /// what the next one depends on.
  virtual Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) = 0;

  /// For each hidden layer what brings it errors; empty where no matrix does.
  virtual std::vector<FeedbackPair> feedback_pairs() const { return {}; }

  std::vector<Phase> phases() const override { return {{"network", options_.epochs}}; }
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;
  Scores scores(const at::Tensor& rows) override;
  std::optional<double> loss(const at::Tensor& scores, const at::Tensor& labels) const override;
  TensorDict model() const override { return network->tensors(); }
  TensorDict training_state() const override { return optimizer_->state(); }
  std::vector<at::Tensor> prunable_weights() const override;
  Measures measures(const std::vector<Batch>& batches) override;

  /// What it was made with.
  const DataInfo& info() const { return info_; }

  Network network = nullptr;

 protected:
  /// Follows gradient().
  at::Tensor train_step(const Phase& phase, const Batch& batch) override;

  /// Makes the optimizer, of the network's parameters and `others`; the constructor of a rule that
  /// has others calls it again.
  void make_optimizer(std::vector<NamedParameter> others = {});

  /// Throws OptionError at `path` where the data are a stream, which is passed once: for rules that
  /// train in several phases. `allowed` says what a stream can do instead.
  void refuse_stream(const std::string& path,
                     const std::string& what,
                     const std::string& allowed) const;

  /// The batch's images as normalised rows, moved as the options say, and their labels.
  at::Tensor rows_of(const Batch& batch) const;
  at::Tensor labels_of(const Batch& batch) const;

  NetworkLearnerOptions options_;
  DataInfo info_;
  std::unique_ptr<Optimizer> optimizer_;
};

}  // namespace ff::baselines
