// Writes metrics and checkpoints as epochs end.
#pragma once

#include <chrono>
#include <optional>

#include "experiments/config/options.h"
#include "experiments/run/observer.h"
#include "experiments/run/run_folder.h"
#include "experiments/run/trainer.h"

namespace ff::experiments {

class Recorder : public Observer {
 public:
  Recorder(const RunFolder& folder, const CheckpointOptions& options, const Learner& learner)
      : folder_(folder), options_(options), learner_(learner) {}

  void watch(const Trainer& trainer) { trainer_ = &trainer; }

  void epoch_ended(const EpochEvent& event) override {
    folder_.add_metrics(event.metrics);
    const auto epoch = event.position.global_epoch;
    if (epoch > 0 && epoch % options_.every_epochs == 0 && due()) save(epoch);
  }

  /// Saves where training stands now; `epoch` when it stands at the end of one.
  void save(std::optional<std::int64_t> epoch = std::nullopt) const {
    if (options_.keep != "all") epoch.reset();
    const auto begin = Clock::now();
    folder_.save({{"model", learner_.model()},
                  {"learner", learner_.training_state()},
                  {"loop", trainer_->state()}},
                 epoch);
    saved_ = Clock::now();
    took_ = saved_ - begin;
  }

 private:
  using Clock = std::chrono::steady_clock;

  // A checkpoint that the next one replaces may take a tenth of the time: a GPU makes an epoch in
  // less than a disk takes for a large network.
  bool due() const { return options_.keep == "all" || Clock::now() - saved_ >= 9 * took_; }

  const RunFolder& folder_;
  const CheckpointOptions& options_;
  const Learner& learner_;
  const Trainer* trainer_ = nullptr;
  mutable Clock::time_point saved_;
  mutable Clock::duration took_ = Clock::duration::zero();
};

}  // namespace ff::experiments
