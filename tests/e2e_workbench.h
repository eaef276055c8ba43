// What the end-to-end tests share: a folder in which the real program runs, and looking at what it
// leaves behind.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "experiments/checkpoint.h"
#include "experiments/config/json_text.h"
#include "tests/data_files.h"
#include "tests/process.h"

namespace ff::test {

using ff::experiments::Json;

/// A Forward-Forward config on made-up data that trains in a fraction of a second, with `changes`
/// merged in (null removes a key); and the same for backpropagation.
Json small_ff(const std::string& name, const Json& changes = Json::object());
Json small_bp(const std::string& name, const Json& changes = Json::object());

/// Everything below a folder: relative path -> content; of folders "/".
using Snapshot = std::map<std::string, std::string>;

/// "new runs", "gone x", "changed y": one for each difference.
std::vector<std::string> changes_between(const Snapshot& before, const Snapshot& after);

/// A folder of its own with the program in it. The program sees no GPU, so that the tests say the
/// same everywhere, and no data but those that a test gives it.
class Workbench {
 public:
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

  /// Writes a file and returns its name, for a command line.
  std::string write(const std::string& file, const std::string& text) const;
  std::string write(const std::string& file, const Json& json) const;

  /// Starts `ff ARGUMENTS`, or waits for it, too.
  Process start(const std::vector<std::string>& arguments, ProcessOptions options = {}) const;
  Ended ff(const std::vector<std::string>& arguments, ProcessOptions options = {}) const;

  /// `ff run ARGUMENTS --threads 1`
  Process start_run(std::vector<std::string> arguments) const;
  Ended run(std::vector<std::string> arguments) const;

  Snapshot snapshot() const;

 private:
  DataFolder folder_;
};

Json read_json(const std::filesystem::path& file);

/// The lines of metrics.jsonl; none when there is no such file.
std::vector<Json> read_metrics(const std::filesystem::path& run);

/// How many lines it has; also while it is being written to.
std::size_t count_metrics(const std::filesystem::path& run);

/// The numbers of an integer tensor in a checkpoint: loop.position is phase, epoch, step, global
/// epoch, total steps, finished.
std::vector<std::int64_t> position_in(const std::filesystem::path& run);

/// What differs between two finished runs that ought to be the same computation: every tensor of
/// their checkpoints and predictions, metrics and results, all but times and memory.
std::vector<std::string> run_differences(const std::filesystem::path& a,
                                         const std::filesystem::path& b);

}  // namespace ff::test
