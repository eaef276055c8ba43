// Trains a network by a BackwardRule, with autograd or the fused MLP engine (CPU or GPU).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "baselines/backward_rule.h"
#include "baselines/engines/cpu/mlp_engine.h"
#include "baselines/engines/gpu/mlp_trainer.h"
#include "baselines/network_learner.h"
#include "ff/engines/engine_choice.h"

namespace ff::baselines {

/// Returns the engine chosen for `rule` with `options` on `device`. `resident`: true for a training
/// set that is held in memory, false for a stream. Throws OptionError if options.engine is "fused"
/// and the fused engine does not support the combination.
EngineChoice choose_engine(const std::string& rule,
                           const NetworkLearnerOptions& options,
                           const at::Device& device,
                           bool resident = true);

/// Learner of backpropagation and of the rules that replace its backward pass.
class BackwardLearner : public NetworkLearner {
 public:
  /// `rule`: a name in backward_rules(). Throws as NetworkLearner's constructor.
  BackwardLearner(const std::string& rule,
                  NetworkLearnerOptions options,
                  const FeedbackOptions& feedback,
                  DataInfo info);

  std::string engine() const override { return fused_ || gpu_ ? "fused" : "autograd"; }
  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;
  void train_epoch(const Phase& phase, Epoch& epoch) override;
  Scores scores(const at::Tensor& inputs) override;
  TensorDict training_state() const override;
  std::vector<FeedbackPair> feedback_pairs() const override { return rule->feedback_pairs(); }

  std::unique_ptr<BackwardRule> rule;

 protected:
  at::Tensor train_step(const Phase& phase, const Batch& batch) override;

 private:
  void make_engine();

  std::optional<fused::MlpEngine<float>> fused_;
  std::unique_ptr<gpu::MlpTrainer> gpu_;
  std::vector<std::int64_t> batch_labels_;
};

}  // namespace ff::baselines
