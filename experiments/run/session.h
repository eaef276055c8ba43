// One run while it is made, from its first random number to its result: its learner, its loop and
// what watches them.
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
  /// Makes the learner. All references must outlive the session; progress goes to standard error
  /// under `title`, none where that is empty.
  RunSession(const Run& run,
             const DataSplit& data,
             const RunFolder& folder,
             const RunSettings& settings,
             const std::string& title);

  /// Goes back to the folder's checkpoint, if there is one. Throws std::runtime_error with the cure
  /// when it is damaged or another run's.
  void resume();

  /// Saves where training stands now.
  void save() { recorder_.save(); }

  /// So many runs train together, this one among them.
  void share_time_with(std::int64_t runs) { recorder_.share_time_with(runs); }

  /// Training came to a loss or a weight that is no number: writes that for a result.
  void diverged(const Diverged& error) const;

  /// Training is over: takes the layers that the validation images choose, where they are to
  /// choose, and saves. Throws Interrupted when asked to stop, after saving.
  void end_training();

  /// After that: evaluates, prunes, and writes the result; `more` goes into it. Throws
  /// Interrupted when asked to stop.
  void finish(const Json& more = Json::object());

  Learner& learner() { return *learner_; }
  Trainer& trainer() { return trainer_; }
  const Run& run() const { return run_; }

 private:
  Json judge_all();
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

/// Throws Interrupted, which says how to go on.
[[noreturn]] void refuse_to_go_on(const Run& run);

}  // namespace ff::experiments
