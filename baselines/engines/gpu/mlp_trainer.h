// Training of an MLP by backpropagation on a GPU, a whole epoch at a time; FFTrainer is the
// counterpart for Forward-Forward.
#pragma once

#include <memory>
#include <string>

#include "baselines/engines/gpu/mlp_engine.h"
#include "ff/learn/learner.h"

namespace ff::gpu {

/// Interface over the element types of MlpEngine.
class MlpTrainer {
 public:
  virtual ~MlpTrainer() = default;

  /// Trains one epoch, or the rest of it after resuming.
  virtual void train_epoch(Epoch& epoch) = 0;

  /// Returns the logits (N, C) of samples `rows` (N, D).
  virtual at::Tensor logits(const at::Tensor& rows) = 0;
};

/// Creates a trainer on the resident set `train`, whose tensors must be on `device`, with batches
/// of at most `batch_size` samples. It computes in the type of the parameters, float32 or float64.
std::unique_ptr<MlpTrainer> make_mlp_trainer(std::shared_ptr<Device> device,
                                             const MlpParts& parts,
                                             const ImageSet& train,
                                             std::int64_t batch_size);

}  // namespace ff::gpu
