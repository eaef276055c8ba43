// StepTraining: the common part of engines that train one batch at a time.
#pragma once

#include "ff/forward_forward/engines/training.h"

namespace ff {

class StepTraining : public FFTraining {
 public:
  explicit StepTraining(FFParts parts) : parts_(std::move(parts)) {}

  void train_epoch(const Phase& phase, Epoch& epoch, const at::Tensor& head_loss) override;

 protected:
  /// Updates the phase's layers once. Returns the losses before the update, (k), without gradient.
  virtual at::Tensor train_layers(const Phase& phase,
                                  const InputBatch& pos,
                                  const InputBatch& neg) = 0;

  /// Returns the activations (as activities() does) of the positives in the last train_layers(),
  /// before its update.
  virtual at::Tensor positive_activities() const = 0;

  FFParts parts_;

 private:
  at::Tensor train_step(const Phase& phase, const Batch& given, const at::Tensor& head_loss);
  at::Tensor train_head(const at::Tensor& activities,
                        const InputBatch& images,
                        const at::Tensor& head_loss);
};

}  // namespace ff
