// GpuTraining: connects the learner to the GPU trainer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/forward_forward/engines/block_engines.h"
#include "ff/forward_forward/engines/gpu/ff_trainer.h"

namespace ff::gpu {

/// Returns why the GPU engine does not support `options`; empty if it does.
std::string reason_against(const FFLearnerOptions& options);

class GpuTraining : public FFTraining {
 public:
  /// For the network at index `place` of the trainer. Activations are computed by the autograd
  /// engine.
  GpuTraining(std::shared_ptr<FFTrainer> trainer, std::size_t place, const FFParts& parts)
      : trainer_(std::move(trainer)),
        place_(place),
        plain_(parts, make_stages(parts, "autograd")) {}

  std::string engine() const override { return "fused"; }
  void train_epoch(const Phase& phase, Epoch& epoch, const at::Tensor& head_loss) override;
  at::Tensor activities(const InputBatch& data, bool with_dropout) override {
    return plain_.activities(data, with_dropout);
  }
  at::Tensor activities(const at::Tensor& rows) override { return plain_.activities(rows); }
  at::Tensor goodness_by_label(const at::Tensor& rows) override {
    return trainer_->goodness_by_label(place_, rows);
  }
  std::vector<double> thresholds() const override { return trainer_->thresholds(place_); }

 private:
  std::shared_ptr<FFTrainer> trainer_;
  std::size_t place_;
  StagedTraining plain_;
};

/// Creates a trainer of these networks on the device of their data. They may differ only in
/// learning rates and wrong labels; a single network is required if batches draw random numbers or
/// there is a head.
std::shared_ptr<FFTrainer> make_trainer(const std::vector<FFParts>& networks);

}  // namespace ff::gpu
