// Forward-Forward as a Learner: the network, its data, its head, and the engine that trains it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/forward_forward/engines/block_engines.h"
#include "ff/forward_forward/engines/training.h"
#include "ff/forward_forward/head.h"
#include "ff/forward_forward/learner_options.h"
#include "ff/forward_forward/network.h"
#include "ff/forward_forward/training_data.h"
#include "ff/learn/learner.h"

namespace ff {

namespace gpu {
class FFTrainer;
}

/// Trains an FFNetwork on positive and negative images, and a head on what its layers make of them.
class FFLearner : public Learner {
 public:
  /// Draws wrong labels from `random`, which the learner keeps a reference to, and the weights
  /// from the default generator. The network is made on the data's device. Throws
  /// std::invalid_argument when the options cannot be had, or not with these data.
  FFLearner(FFLearnerOptions options, DataInfo info, PythonRandom& random);
  FFLearner(const FFLearner&) = delete;  // its engine holds references to its data
  FFLearner& operator=(const FFLearner&) = delete;

  std::vector<Phase> phases() const override;
  std::string engine() const override { return training_->engine(); }
  std::int64_t streams() const override { return data_.streams(); }
  void begin_epoch(bool first) override;
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;
  void train_epoch(const Phase& phase, Epoch& epoch) override;
  Scores scores(const at::Tensor& rows) override;
  bool chooses_layers() const override { return options_.predict.layers.by_validation; }
  void predict_with(const std::vector<std::int64_t>& layers) override;
  TensorDict model() const override;
  TensorDict training_state() const override;
  std::vector<at::Tensor> prunable_weights() const override;
  std::map<std::string, std::vector<double>> report() const override;
  TensorDict samples(const Batch& given) override;
  Measures measures(const std::vector<Batch>& batches) override;

  /// Learners on one GPU that differ in their seeds and learning rates alone, as one. Throws
  /// c10::Error when they are not alike, or not fused, or have a head, moved images or dropout;
  /// each of them then goes on by itself.
  static std::unique_ptr<LearnerGroup> together(const std::vector<FFLearner*>& learners);

  /// What it was made with.
  const DataInfo& info() const { return data_.info(); }

  FFNetwork network = nullptr;
  SoftmaxHead head = nullptr;  // null without one

 private:
  void train_alone();  // by the engine for GPUs
  void train_on_gpu(std::shared_ptr<gpu::FFTrainer> trainer, std::size_t place);
  FFParts parts() const { return {network, head, options_, data_}; }
  DataRows negatives(const Batch& batch, const DataRows& positives);
  at::Tensor rising(const at::Tensor& goodness) const;
  at::Tensor by_chosen_layers(const at::Tensor& by_layer) const;
  at::Tensor logits(const DataRows& images);

  FFLearnerOptions options_;
  FFData data_;
  std::unique_ptr<FFTraining> training_;
  at::Tensor predict_layers_;  // int64 (L) on the CPU: 1 for each layer that has a say
  at::Tensor head_loss_;       // float64 (2): this epoch's sum over images, and their number
};

}  // namespace ff
