// Training batch by batch: what engines share that make one step after the other.
#pragma once

#include "ff/forward_forward/engines/training.h"

namespace ff {

class StepTraining : public FFTraining {
 public:
  explicit StepTraining(FFParts parts) : parts_(std::move(parts)) {}

  void train_epoch(const Phase& phase, Epoch& epoch, const at::Tensor& head_loss) override;

 protected:
  /// One update of the phase's layers. Returns the losses before it, (k), without gradient.
  virtual at::Tensor train_layers(const Phase& phase, const DataRows& pos, const DataRows& neg) = 0;

  /// Activities, as those of activities(), of the last train_layers()' positives from before its
  /// update.
  virtual at::Tensor positive_activities() const = 0;

  FFParts parts_;

 private:
  at::Tensor train_step(const Phase& phase, const Batch& given, const at::Tensor& head_loss);
  at::Tensor train_head(const at::Tensor& activities,
                        const DataRows& images,
                        const at::Tensor& head_loss);
};

}  // namespace ff
