// Learner: the interface between the training loop and a learning rule.
//
// The training loop iterates over phases and epochs, shuffles the samples, evaluates and saves
// checkpoints. The learner owns the network and trains it; it does no printing, file access or
// config parsing.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/core/tensor_dict.h"
#include "ff/learn/batch.h"

namespace ff {

/// A phase of training: a layer of the sequential schedule, all layers, or the head.
struct Phase {
  std::string name;  // "layer 0", "all layers", "network"
  std::int64_t epochs = 0;
  std::int64_t layer = -1;  // the layer trained; -1: several
};

/// An epoch as seen by the learner: it pulls batches and reports losses. A learner may pull one
/// batch at a time or many at once. The source of the batches (a shuffled resident set, a finite or
/// an infinite stream) is up to the training loop.
class Epoch {
 public:
  virtual ~Epoch() = default;

  static constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

  /// Returns the samples of at most `batches` consecutive batches, starting after the last one
  /// whose losses were reported. All have the loop's batch size, except the last of the epoch,
  /// which may be smaller. Returns a batch of size 0 when the epoch is over or a stop was
  /// requested. A stream may return fewer batches than requested, but at least one.
  virtual Batch next(std::int64_t batches) const = 0;

  /// Reports the losses of the next s batches, after training on them: (s, k), one column per
  /// trained layer, without gradient. They may still be computed asynchronously on a device: the
  /// loop decides when to synchronise.
  virtual void trained(const at::Tensor& losses) = 0;

  /// True if a stop was requested: the learner finishes the batches already begun, then returns.
  virtual bool stopping() const = 0;
};

/// A learner's predictions for a batch of images.
struct Scores {
  at::Tensor classes;   // (N, C); the class with the highest score is predicted
  at::Tensor by_layer;  // (N, C, L), scores of each layer alone; undefined if there are none
  TensorDict methods;   // (N, C) by name, if the learner supports several prediction methods
};

/// Diagnostics by name, one value per layer, NaN where undefined: {"angle": {58.1, 47.9, 0}}.
using Measures = std::map<std::string, std::vector<double>>;

/// A learning rule with its network, constructed from a DataInfo. Most rules derive from
/// StepLearner and implement one training step; a rule that processes whole epochs (e.g. as a CUDA
/// graph) derives from Learner.
class Learner {
 public:
  virtual ~Learner() = default;

  /// Name of the engine in use: "autograd", ...
  virtual std::string engine() const { return "autograd"; }

  /// Returns the phases of training, in order.
  virtual std::vector<Phase> phases() const = 0;

  /// Number of independent shuffles of the training samples that an epoch needs.
  virtual std::int64_t streams() const { return 1; }

  /// Called before an epoch is shuffled; `first` is true for the very first epoch of training.
  virtual void begin_epoch(bool first) { static_cast<void>(first); }

  /// Called before epoch `epoch` (from 0) of `phase`, also when training resumes in mid-epoch. For
  /// state that is a function of the epoch, such as learning rates.
  virtual void enter_epoch(const Phase& phase, std::int64_t epoch) {
    static_cast<void>(phase);
    static_cast<void>(epoch);
  }

  /// Trains one epoch of `phase`, or the rest of it.
  virtual void train_epoch(const Phase& phase, Epoch& epoch) = 0;

  /// Trains on a single batch. Returns the losses before the update, (k).
  at::Tensor train_batch(const Phase& phase, const Batch& batch);

  /// Returns the scores of normalised samples (N, D). Changes no state and draws no random numbers.
  virtual Scores scores(const at::Tensor& inputs) = 0;

  /// True if the layers used for prediction are selected on the validation set.
  virtual bool chooses_layers() const { return false; }

  /// Restricts scores() to these layers, counted from 0.
  virtual void predict_with(const std::vector<std::int64_t>& layers) { static_cast<void>(layers); }

  /// Returns the mean loss of scores (N, C) for labels (N); nullopt if the rule has no such loss.
  virtual std::optional<double> loss(const at::Tensor& scores, const at::Tensor& labels) const;

  /// Returns the network's live tensors under the names of Python's state_dict, e.g.
  /// "layers.0.weight".
  virtual TensorDict model() const = 0;

  /// Returns all other live tensors that determine the next step: optimizer state, wrong labels,
  /// ...
  virtual TensorDict training_state() const = 0;

  /// Returns the weights that pruning may set to zero, first layer first, without biases and
  /// thresholds.
  virtual std::vector<at::Tensor> prunable_weights() const = 0;

  /// Returns the network inputs (B, D) that the rule creates from a batch, by title, for
  /// inspection. Draws the random numbers that training would draw.
  virtual TensorDict samples(const Batch& batch) {
    static_cast<void>(batch);
    return {};
  }

  /// Returns further results for the run's record, e.g. {"thresholds": one per layer}.
  virtual std::map<std::string, std::vector<double>> report() const { return {}; }

  /// Returns diagnostics on each of `batches`, such as the comparison of gradients with
  /// backpropagation's. Changes no state, random generators included. Empty by default.
  virtual Measures measures(const std::vector<Batch>& batches);
};

/// A learner that trains one batch at a time.
class StepLearner : public Learner {
 public:
  void train_epoch(const Phase& phase, Epoch& epoch) override;

 protected:
  /// Performs one update (or one per layer) on a batch. Returns the losses before it, (k).
  virtual at::Tensor train_step(const Phase& phase, const Batch& batch) = 0;
};

/// Several learners in the same state of progress, trained simultaneously: on a GPU, many small
/// networks take little longer than one.
class LearnerGroup {
 public:
  virtual ~LearnerGroup() = default;

  /// As Learner::train_epoch, for all learners, each with its own epoch.
  virtual void train_epoch(const Phase& phase, const std::vector<Epoch*>& epochs) = 0;
};

}  // namespace ff
