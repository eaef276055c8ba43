// FFTrainer: trains whole epochs of Forward-Forward on a device. Steps are launched as CUDA graphs
// while the losses of earlier steps are copied back asynchronously.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/engines/frozen_cache.h"
#include "ff/engines/gpu/batches.h"
#include "ff/forward_forward/engines/gpu/goodness_engine.h"
#include "ff/learn/learner.h"

namespace ff::gpu {

/// Options shared by the networks trained simultaneously.
struct TrainerOptions {
  ModelOptions model;
  LossOptions loss;
  std::int64_t batch_size = 64;
  std::int64_t streams = 1;  // shuffles of the images per network
  FrozenCache cache;
  std::string precision = "float32";
  DrawOptions draws;
  bool head_along = false;  // the head is trained in every step, not in its own phase
};

/// One of the networks.
struct TrainerMember {
  FFNetwork network = nullptr;
  OptimizerOptions optimizer;
  Labels labels;
  std::optional<HeadParts> head = std::nullopt;
};

class FFTrainer {
 public:
  virtual ~FFTrainer() = default;

  /// Trains one epoch of `phase`, or the rest of it, for every network, each with its own epoch;
  /// all epochs must have the same number of batches left. Stops early if one of them requests it.
  /// The phase kHeadPhase (ff/forward_forward/engines/training.h) trains only the head.
  virtual void train_epoch(const Phase& phase, const std::vector<Epoch*>& epochs) = 0;

  /// Loss of a head trained along with the layers in the last epoch: the sum over images, and their
  /// number.
  struct HeadLoss {
    double sum = 0, images = 0;
  };
  virtual HeadLoss head_loss() const = 0;

  /// Label sweep: goodness of one network's layers for every label, (N, D) -> (N, C, L).
  virtual at::Tensor goodness_by_label(std::size_t network, const at::Tensor& rows) = 0;

  /// Returns the thresholds of one network's layers; during an epoch, as last reported.
  virtual std::vector<double> thresholds(std::size_t network) const = 0;
};

/// Creates a trainer of `members` on `train`, whose tensors are where `device` computes. Computes
/// in float32 (with bfloat16 products for precision "bf16"), or in float64 if the networks do.
std::unique_ptr<FFTrainer> make_ff_trainer(std::shared_ptr<Device> device,
                                           const TrainerOptions& options,
                                           std::vector<TrainerMember> members,
                                           const ImageSet& train);

}  // namespace ff::gpu
