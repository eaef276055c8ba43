// Training loop: iterates over the phases of a learner, draws the sample order and notifies
// observers.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/config_options.h"
#include "experiments/config/json_text.h"
#include "experiments/run/observer.h"
#include "experiments/run/random_order.h"
#include "ff/core/python_random.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// Thrown when a loss or weight becomes NaN or infinite; what() contains the position and a remedy.
struct Diverged : std::runtime_error {
  /// `epoch` counts from 1 within `phase`, `step` within the epoch.
  Diverged(std::string what_is, const std::string& phase, std::int64_t epoch, std::int64_t step);

  Json record;  // {"reason", "phase", "epoch", "step"}
};

/// Trains any Learner.
class Trainer : public Epoch {
 public:
  /// All references must outlive the trainer. `random` is the generator that the learner uses.
  Trainer(const Config& config,
          Learner& learner,
          const DataSplit& data,
          const RandomOrder& order,
          PythonRandom& random,
          std::vector<Observer*> observers);

  /// Trains from the current position to the end. Returns false if stopped by a request. Throws
  /// Diverged if a loss is NaN or infinite.
  bool run();

  /// Epoch-wise interface, for trainers whose learners train as a group: advances to the next
  /// epoch, or to the one interrupted, and draws its sample order. Returns false if no epoch is
  /// left. The epoch belongs to phase(), and *this provides its batches.
  bool begin_epoch();
  /// Completes the epoch; returns false if a stop request interrupted its training or its
  /// evaluation.
  bool finish_epoch();
  const Phase& phase() const { return phases_[position_.phase]; }

  const Position& position() const { return position_; }

  /// Training time in seconds, without evaluation and checkpoints.
  double train_seconds() const { return seconds_; }

  /// Peak memory since reset_peak_memory(), excluding the computation of measures.
  std::int64_t peak_memory() const;

  /// Computes the measures in the format of metrics.jsonl and result.json; null if not configured.
  Json measures_now();

  /// Returns the state that the next step depends on, without the learner but with the random
  /// generators.
  TensorDict state() const;
  /// Restores the state. Returns true if it is the end of a shorter training that this one now
  /// extends.
  bool load_state(const TensorDict& state);

  Batch next(std::int64_t batches) const override;
  void trained(const at::Tensor& losses) override;
  bool stopping() const override;

 private:
  void start();
  bool end_epoch();
  void notify_step();
  void read_pending_losses();
  bool continue_past_earlier_end();
  void check_weights_finite() const;
  void notify_epoch(const Json& metrics) const;
  Json evaluate_now(bool test_too) const;
  bool add_evaluations(std::int64_t epoch, Json& line);
  bool out_of_steps() const;
  std::int64_t batches() const;
  std::int64_t images_in(std::int64_t batch) const;
  double mean_loss() const;

  const Config& config_;
  Learner& learner_;
  const DataSplit& data_;
  std::shared_ptr<const ImageSet> train_;  // training set, shared with the batches
  const RandomOrder& order_;
  PythonRandom& random_;
  std::vector<Observer*> observers_;
  std::vector<Phase> phases_;

  Position position_;
  double seconds_ = 0;
  double epoch_seconds_ = 0;
  std::int64_t peak_memory_ = 0;                 // peak of the intervals before the last measures
  std::chrono::steady_clock::time_point begun_;  // start of the training part of the epoch
  // sample orders of this epoch, one per stream; empty between epochs
  std::vector<at::Tensor> orders_;
  std::vector<double> loss_sums_;    // per trained layer, over the samples of this epoch
  double images_seen_ = 0;           // samples of this epoch included in loss_sums_
  std::vector<at::Tensor> pending_;  // losses on the device that have not been read yet
  std::vector<std::int64_t> pending_sizes_;
};

}  // namespace ff::experiments
