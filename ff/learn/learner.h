// Learner: what the training loop needs to know of a learning rule, and no more.
//
// The joint of the project. The loop owns time and order: it walks the phases, draws the order of
// the images, calls the learner for an epoch, evaluates, and saves. The learner owns the network
// and how it learns; it never prints, opens a file or knows about configs.
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

/// A stretch of training: a layer of the sequential schedule, or the features before a head.
struct Phase {
  std::string name;  // "layer 0", "all layers", "network"
  std::int64_t epochs = 0;
  std::int64_t layer = -1;  // the layer it trains; -1: several
};

/// An epoch as the loop offers it: its batches in their order, and where losses go. A learner takes
/// one batch after the other, or as many as it can make use of at once. What batches come from, a
/// resident set with an order or a stream, finite or not, is the loop's matter.
class Epoch {
 public:
  virtual ~Epoch() = default;

  static constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

  /// The samples of at most `batches` batches, from the first one whose losses have not been
  /// reported: all of the loop's batch size but the last of the epoch, which may be smaller. Of
  /// size 0 when the epoch is over, or training was asked to stop. A stream may give fewer batches
  /// than there are to come, one at least.
  virtual Batch next(std::int64_t batches) const = 0;

  /// Takes the losses of the next s batches, trained by now: (s, k), one column per trained layer,
  /// without gradient. They may still be in flight on a device; the loop decides when to look.
  virtual void trained(const at::Tensor& losses) = 0;

  /// Whether training was asked to stop: batches that are begun are to be the last.
  virtual bool stopping() const = 0;
};

/// What a learner says about images.
struct Scores {
  at::Tensor classes;   // (N, C), the highest is the prediction
  at::Tensor by_layer;  // (N, C, L), the same by each layer alone; undefined where there is none
  TensorDict methods;   // (N, C) each, by name, where a learner can predict in several ways
};

/// Figures of a learner's inside by name, each with one value per layer, NaN where there is none:
/// {"angle": {58.1, 47.9, 0}}.
using Measures = std::map<std::string, std::vector<double>>;

/// A learning rule with its network, made from a DataInfo and trained on batches. Most rules derive
/// from StepLearner, and implement a step; one that wants a whole epoch in its hands (a CUDA graph)
/// derives from this.
class Learner {
 public:
  virtual ~Learner() = default;

  /// The engine that runs: "autograd", ...
  virtual std::string engine() const { return "autograd"; }

  virtual std::vector<Phase> phases() const = 0;

  /// How many independent orders of the training samples an epoch needs.
  virtual std::int64_t streams() const { return 1; }

  /// Called before the order of an epoch is drawn; `first` for the very first of the training.
  virtual void begin_epoch(bool first) { static_cast<void>(first); }

  /// Called before an epoch (from 0) of `phase` is trained, also when training resumes in its
  /// midst: for what depends on the epoch alone, such as learning rates.
  virtual void enter_epoch(const Phase& phase, std::int64_t epoch) {
    static_cast<void>(phase);
    static_cast<void>(epoch);
  }

  /// Trains one epoch of `phase`, or what is left of it.
  virtual void train_epoch(const Phase& phase, Epoch& epoch) = 0;

  /// An epoch of this one batch. Returns the losses before its update, (k).
  at::Tensor train_batch(const Phase& phase, const Batch& batch);

  /// Scores of normalised rows (N, D). Draws no random numbers and changes nothing.
  virtual Scores scores(const at::Tensor& rows) = 0;

  /// Whether the layers that have a say in scores() are to be chosen on validation images.
  virtual bool chooses_layers() const { return false; }

  /// Lets these layers, from 0, and no others have a say in scores().
  virtual void predict_with(const std::vector<std::int64_t>& layers) { static_cast<void>(layers); }

  /// The mean loss of scores (N, C) against labels (N), where the rule has one over scores.
  virtual std::optional<double> loss(const at::Tensor& scores, const at::Tensor& labels) const;

  /// Live tensors of the network by the names of Python's state_dict: "layers.0.weight", ...
  virtual TensorDict model() const = 0;

  /// Every other live tensor that makes the next step what it is: optimizer state, wrong labels.
  virtual TensorDict training_state() const = 0;

  /// The weights that pruning may set to zero, first layer first; no biases, no thresholds.
  virtual std::vector<at::Tensor> prunable_weights() const = 0;

  /// Rows (B, D) of each kind that the rule makes of a batch, by a title to look at them under;
  /// draws what training would draw.
  virtual TensorDict samples(const Batch& batch) {
    static_cast<void>(batch);
    return {};
  }

  /// Further figures for the run's record: {"thresholds": one per layer}.
  virtual std::map<std::string, std::vector<double>> report() const { return {}; }

  /// How it would learn from these batches, each by itself, compared with backpropagation, and the
  /// like. Changes nothing, generators included. By default there is nothing to tell.
  virtual Measures measures(const std::vector<Batch>& batches);
};

/// A learner that trains one batch after the other.
class StepLearner : public Learner {
 public:
  void train_epoch(const Phase& phase, Epoch& epoch) override;

 protected:
  /// One update, or one per layer, from a batch. Returns the losses before it, (k).
  virtual at::Tensor train_step(const Phase& phase, const Batch& batch) = 0;
};

/// Several learners that train as one, at one place of their training: on a GPU, many small
/// networks cost little more than one.
class LearnerGroup {
 public:
  virtual ~LearnerGroup() = default;

  /// Learner::train_epoch of all of them, each with its own epoch.
  virtual void train_epoch(const Phase& phase, const std::vector<Epoch*>& epochs) = 0;
};

}  // namespace ff
