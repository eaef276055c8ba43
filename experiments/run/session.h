// Execution of one run from seeding to its result: owns the learner, the training loop and its
// observers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "experiments/run/random_order.h"
#include "experiments/run/recorder.h"
#include "experiments/run/run_folder.h"
#include "experiments/run/runner.h"
#include "experiments/run/trainer.h"

namespace ff::experiments {

class RunSession {
 public:
  /// Creates the learner. All references must outlive the session. Progress goes to standard error
  /// under `title`; none if it is empty.
  RunSession(const Run& run,
             const DataSplit& data,
             const RunFolder& folder,
             const RunSettings& settings,
             const std::string& title);

  /// Restores the checkpoint of the folder, if there is one. Throws std::runtime_error with a
  /// remedy if it is damaged or of another run.
  void resume();

  /// Saves a checkpoint at the current position.
  void save() { recorder_.save(); }

  /// Sets how many runs train as a group, including this one.
  void share_time_with(std::int64_t runs) { recorder_.share_time_with(runs); }

  /// Writes the result of a run whose loss or weights became NaN or infinite.
  void diverged(const Diverged& error) const;

  /// Call after training: selects the prediction layers on the validation set, if configured, and
  /// saves. On a stop request, saves and throws Interrupted.
  void end_training();

  /// Call after end_training(): evaluates, prunes and writes the result, with the fields of `more`.
  /// Throws Interrupted on a stop request.
  void finish(const Json& more = Json::object());

  Learner& learner() { return *learner_; }
  Trainer& trainer() { return trainer_; }
  const Run& run() const { return run_; }

 private:
  Json evaluate_all();
  Json about() const;

  const Run& run_;
  const DataSplit& data_;
  const RunFolder& folder_;
  const RunSettings& settings_;
  std::int64_t load_peak_;
  PythonRandom random_{0};
  std::string note_;
  RandomOrder order_;
  std::unique_ptr<Learner> learner_;
  Recorder recorder_;
  std::unique_ptr<Observer> progress_;
  Trainer trainer_;
};

/// Throws Interrupted with instructions for resuming.
[[noreturn]] void throw_interrupted(const Run& run);

}  // namespace ff::experiments
