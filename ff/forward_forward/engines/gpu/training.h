// Forward-Forward's learner on a GPU: what stands between it and the trainer of whole epochs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/forward_forward/engines/block_engines.h"
#include "ff/forward_forward/engines/gpu/trainer.h"

namespace ff::gpu {

/// Why the engine for GPUs cannot do what the options ask for; empty when it can.
std::string reason_against(const FFLearnerOptions& options);

class GpuTraining : public FFTraining {
 public:
  /// One of a trainer's networks: the one at `place`. Activities are computed by autograd's engine.
  GpuTraining(std::shared_ptr<FFTrainer> trainer, std::size_t place, const FFParts& parts)
      : trainer_(std::move(trainer)),
        place_(place),
        plain_(parts, make_stages(parts, "autograd")) {}

  std::string engine() const override { return "fused"; }
  void train_epoch(const Phase& phase, Epoch& epoch, const at::Tensor& head_loss) override;
  at::Tensor activities(const DataRows& data, bool with_dropout) override {
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

/// Trains networks together, where their data are. They differ in rates and wrong labels alone;
/// where batches draw, or there is a head, there is one.
std::shared_ptr<FFTrainer> make_trainer(const std::vector<FFParts>& networks);

}  // namespace ff::gpu
