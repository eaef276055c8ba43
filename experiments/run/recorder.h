// Observer that writes metrics and checkpoints at the end of epochs.
#pragma once

#include <optional>

#include "experiments/config/config_options.h"
#include "experiments/run/checkpoint_throttle.h"
#include "experiments/run/observer.h"
#include "experiments/run/run_folder.h"
#include "experiments/run/trainer.h"

namespace ff::experiments {

class Recorder : public Observer {
 public:
  Recorder(const RunFolder& folder, const CheckpointOptions& options, const Learner& learner)
      : folder_(folder), options_(options), learner_(learner) {}

  void watch(const Trainer& trainer) { trainer_ = &trainer; }
  void share_time_with(std::int64_t runs) { throttle_.share_with(runs); }

  void epoch_ended(const EpochEvent& event) override {
    folder_.add_metrics(event.metrics);
    const auto epoch = event.position.global_epoch;
    const bool due = options_.keep == "all"
                         ? epoch > 0 && epoch % options_.every_epochs == 0
                         : throttle_.due(epoch, options_.every_epochs, Clock::now());
    if (due) save(epoch);
  }

  /// Saves a checkpoint at the current position; `epoch` is set at the end of an epoch.
  void save(std::optional<std::int64_t> epoch = std::nullopt) {
    const auto begin = Clock::now();
    folder_.save({{"model", learner_.model()},
                  {"learner", learner_.training_state()},
                  {"loop", trainer_->state()}},
                 options_.keep == "all" ? epoch : std::nullopt);
    throttle_.saved(trainer_->position().global_epoch, begin, Clock::now());
  }

 private:
  using Clock = std::chrono::steady_clock;

  const RunFolder& folder_;
  const CheckpointOptions& options_;
  const Learner& learner_;
  const Trainer* trainer_ = nullptr;
  CheckpointThrottle throttle_;
};

}  // namespace ff::experiments
