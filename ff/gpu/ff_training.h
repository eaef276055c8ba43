// Forward-Forward's learner on a GPU: what stands between it and the trainer of whole epochs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/ff_training.h"
#include "ff/gpu/ff_trainer.h"

namespace ff::gpu {

/// Why the engine for GPUs cannot do what the options ask for; empty when it can.
std::string reason_against(const FFLearnerOptions& options);

class GpuTraining : public FFTraining {
 public:
  /// One of a trainer's networks: the one at `place`.
  GpuTraining(std::shared_ptr<FFTrainer> trainer, std::size_t place)
      : trainer_(std::move(trainer)), place_(place) {}

  std::string engine() const override { return "fused"; }
  bool takes_epochs() const override { return true; }
  void train_epoch(const Phase& phase, Epoch& epoch) override;
  at::Tensor train(const Phase& phase, const DataRows& pos, const DataRows& neg) override;
  at::Tensor activities(const DataRows& data, bool with_dropout) override;
  at::Tensor positive_activities() const override;
  at::Tensor activities(const at::Tensor& rows) override;
  at::Tensor goodness_by_label(const at::Tensor& rows) override;
  std::vector<double> thresholds() const override { return trainer_->thresholds(place_); }

 private:
  std::shared_ptr<FFTrainer> trainer_;
  std::size_t place_;
};

/// A network and the data that it learns from.
struct Pupil {
  FFNetwork network = nullptr;
  const FFLearnerOptions& options;
  const FFData& data;
};

/// Trains them together, where their images are. They differ in rates and wrong labels alone.
std::shared_ptr<FFTrainer> make_trainer(const std::vector<Pupil>& pupils);

}  // namespace ff::gpu
