// FFLearner: Forward-Forward as a Learner, with its network, data, head and engine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/forward_forward/engines/block_engines.h"
#include "ff/forward_forward/engines/training.h"
#include "ff/forward_forward/ff_network.h"
#include "ff/forward_forward/head.h"
#include "ff/forward_forward/learner_options.h"
#include "ff/forward_forward/training_data.h"
#include "ff/learn/learner.h"

namespace ff {

namespace gpu {
class FFTrainer;
}

/// Trains an FFNetwork on positive and negative images, and optionally a head on its activations.
class FFLearner : public Learner {
 public:
  /// Draws wrong labels from `random`, to which it keeps a reference, and weights from the default
  /// generator. Creates the network on the data's device. Throws OptionError (a
  /// std::invalid_argument) if the options are invalid, also in combination with the data.
  FFLearner(FFLearnerOptions options, DataInfo info, PythonRandom& random);
  FFLearner(const FFLearner&) = delete;  // non-copyable: the engine references the data
  FFLearner& operator=(const FFLearner&) = delete;

  std::vector<Phase> phases() const override;
  std::string engine() const override { return training_->engine(); }
  std::int64_t streams() const override { return data_.streams(); }
  void begin_epoch(bool first) override;
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;
  void train_epoch(const Phase& phase, Epoch& epoch) override;
  Scores scores(const at::Tensor& inputs) override;
  bool chooses_layers() const override { return options_.predict.layers.by_validation; }
  void predict_with(const std::vector<std::int64_t>& layers) override;
  TensorDict model() const override;
  TensorDict training_state() const override;
  std::vector<at::Tensor> prunable_weights() const override;
  std::map<std::string, std::vector<double>> report() const override;
  TensorDict samples(const Batch& given) override;
  Measures measures(const std::vector<Batch>& batches) override;

  /// Groups learners on one GPU that differ only in seed and learning rate, to train them
  /// simultaneously. Throws c10::Error if they differ otherwise, do not run the fused engine, or
  /// use a head, augmentation or dropout; each learner then continues to train by itself.
  static std::unique_ptr<LearnerGroup> together(const std::vector<FFLearner*>& learners);

  /// Returns the properties of the data it was constructed with.
  const DataInfo& info() const { return data_.info(); }

  FFNetwork network = nullptr;
  SoftmaxHead head = nullptr;  // null if there is no head

 private:
  void train_alone();  // with the GPU engine
  void train_on_gpu(std::shared_ptr<gpu::FFTrainer> trainer, std::size_t place);
  FFParts parts() const { return {network, head, options_, data_}; }
  InputBatch negatives(const Batch& batch, const InputBatch& positives);
  at::Tensor rising(const at::Tensor& goodness) const;
  at::Tensor by_chosen_layers(const at::Tensor& by_layer) const;
  at::Tensor logits(const InputBatch& images);

  FFLearnerOptions options_;
  FFData data_;
  std::unique_ptr<FFTraining> training_;
  at::Tensor predict_layers_;  // int64 (L) on the CPU: 1 for layers used for prediction
  at::Tensor head_loss_;       // float64 (2): sum over images in this epoch, and their number
};

}  // namespace ff
