// Whole epochs of backpropagation of a perceptron on a device, as FFTrainer makes
// Forward-Forward's.
#pragma once

#include <memory>
#include <string>

#include "baselines/engines/gpu/mlp_engine.h"
#include "ff/learn/learner.h"

namespace ff::gpu {

class MlpTrainer {
 public:
  virtual ~MlpTrainer() = default;

  /// Trains one epoch, or what is left of it.
  virtual void train_epoch(Epoch& epoch) = 0;

  /// Logits (N, C) of rows (N, D).
  virtual at::Tensor logits(const at::Tensor& rows) = 0;
};

/// Trains a perceptron on `train`, whose tensors are where `device` computes, in batches of at most
/// `batch_size`; in float32, or in float64 where its tensors are of that.
std::unique_ptr<MlpTrainer> make_mlp_trainer(std::shared_ptr<Device> device,
                                             const MlpParts& parts,
                                             const ImageSet& train,
                                             std::int64_t batch_size);

}  // namespace ff::gpu
