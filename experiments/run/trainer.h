// The training loop: walks a learner's phases, owns the order of the images, and tells observers.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"
#include "experiments/config/options.h"
#include "experiments/run/observer.h"
#include "experiments/run/random_order.h"
#include "ff/core/python_random.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// A loss or a weight that is no longer a number; what() says where, and what may help.
struct Diverged : std::runtime_error {
  /// `epoch` counts from 1 within `phase`, `step` within the epoch.
  Diverged(std::string what_is, const std::string& phase, std::int64_t epoch, std::int64_t step);

  Json record;  // {"reason", "phase", "epoch", "step"}
};

/// Trains a learner. Knows no learner by name.
class Trainer : public Epoch {
 public:
  /// All references must outlive the trainer. `random` is the generator the learner draws from.
  Trainer(const Config& config,
          Learner& learner,
          const DataSplit& data,
          const RandomOrder& order,
          PythonRandom& random,
          std::vector<Observer*> observers);

  /// Trains from where it stands to the end. Returns false when it was asked to stop before.
  /// Throws Diverged at a loss that is not finite.
  bool run();

  /// The same in parts, for several trainers whose learners train as one: goes to the next epoch,
  /// or the one it was stopped in, and draws its order; false when there is none left. The epoch
  /// is then phase()'s, and *this offers its batches.
  bool begin_epoch();
  /// After its training: false when it was stopped in its midst, or while its end was looked at.
  bool finish_epoch();
  const Phase& phase() const { return phases_[position_.phase]; }

  const Position& position() const { return position_; }

  /// Seconds from batches to updates, without evaluation and checkpoints.
  double train_seconds() const { return seconds_; }

  /// The most memory since reset_peak_memory, but for what measures took.
  std::int64_t peak_memory() const;

  /// What the learner measures now, as metrics.jsonl and result.json have it; null where the config
  /// asks for no measures.
  Json measures_now();

  /// Everything but the learner that the next step depends on, generators included.
  TensorDict state() const;
  /// Returns whether it is the end of a training of fewer epochs, which this one now goes on from.
  bool load_state(const TensorDict& state);

  Batch next(std::int64_t batches) const override;
  void trained(const at::Tensor& losses) override;
  bool stopping() const override;

 private:
  void start();
  bool end_epoch();
  void tell_step();
  void look_at_losses();
  bool pass_earlier_end();
  void refuse_weights_that_are_no_numbers() const;
  void tell(const Json& metrics) const;
  Json evaluate_now(bool test_too) const;
  bool add_looks(std::int64_t epoch, Json& line);
  bool out_of_steps() const;
  std::int64_t batches() const;
  std::int64_t images_in(std::int64_t batch) const;
  double mean_loss() const;

  const Config& config_;
  Learner& learner_;
  const DataSplit& data_;
  std::shared_ptr<const ImageSet> train_;  // the training set, as batches carry it
  const RandomOrder& order_;
  PythonRandom& random_;
  std::vector<Observer*> observers_;
  std::vector<Phase> phases_;

  Position position_;
  double seconds_ = 0;
  double epoch_seconds_ = 0;
  std::int64_t peak_memory_ = 0;                 // of the stretches before the last measures
  std::chrono::steady_clock::time_point begun_;  // when the epoch's training did
  std::vector<at::Tensor> orders_;   // this epoch's, one per stream; empty between epochs
  std::vector<double> loss_sums_;    // per trained layer, over this epoch's images
  double images_seen_ = 0;           // of this epoch, those whose losses are in loss_sums_
  std::vector<at::Tensor> pending_;  // losses on a device that have not been looked at
  std::vector<std::int64_t> pending_sizes_;
};

}  // namespace ff::experiments
