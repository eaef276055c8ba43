// A whole epoch of Forward-Forward on a device: steps as graphs, one launched after the other,
// while the losses of earlier ones come back.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/engines/frozen_cache.h"
#include "ff/engines/gpu/batches.h"
#include "ff/forward_forward/engines/gpu/goodness_engine.h"
#include "ff/learn/learner.h"

namespace ff::gpu {

/// What the networks that train together share.
struct TrainerOptions {
  ModelOptions model;
  LossOptions loss;
  std::int64_t batch_size = 64;
  std::int64_t streams = 1;  // orders that a network draws of the images
  FrozenCache cache;
  std::string precision = "float32";
  DrawOptions draws;
  bool head_along = false;  // the head is trained in every step, not in a phase of its own
};

/// One of them.
struct Member {
  FFNetwork network = nullptr;
  OptimizerOptions optimizer;
  Labels labels;
  std::optional<HeadParts> head = std::nullopt;
};

class FFTrainer {
 public:
  virtual ~FFTrainer() = default;

  /// Trains one epoch of `phase`, or what is left of it, of every network, each with its own epoch;
  /// all epochs have the same batches to do. Stops early when one of them is to stop. The phase
  /// kHeadPhase (ff/forward_forward/engines/training.h) trains a network's head alone.
  virtual void train_epoch(const Phase& phase, const std::vector<Epoch*>& epochs) = 0;

  /// Of the last epoch's head that was trained along with the layers: the sum of its losses over
  /// the images, and their number.
  struct HeadLoss {
    double sum = 0, images = 0;
  };
  virtual HeadLoss head_loss() const = 0;

  /// Goodness of every layer of one network for every label, rows (N, D) -> (N, C, L).
  virtual at::Tensor goodness_by_label(std::size_t network, const at::Tensor& rows) = 0;

  /// The thresholds of one network's layers: in an epoch as they were when its last losses came.
  virtual std::vector<double> thresholds(std::size_t network) const = 0;
};

/// Trains `members` on `train`, whose tensors are where `device` computes; in float32, with
/// bfloat16 products where the precision says so, or in float64 where the networks are of that.
std::unique_ptr<FFTrainer> make_ff_trainer(std::shared_ptr<Device> device,
                                           const TrainerOptions& options,
                                           std::vector<Member> members,
                                           const ImageSet& train);

}  // namespace ff::gpu
