// Fixture of the end-to-end tests: a folder in which to run the program, and readers for its output
// files.
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

/// Returns a Forward-Forward (small_ff) or backpropagation (small_bp) config on synthetic data that
/// trains in a fraction of a second, merged with `changes` (null removes a key).
Json small_ff(const std::string& name, const Json& changes = Json::object());
Json small_bp(const std::string& name, const Json& changes = Json::object());

/// Content of a folder: relative path -> file content, or "/" for a folder.
using Snapshot = std::map<std::string, std::string>;

/// Returns one line per difference: "new runs", "gone x", "changed y".
std::vector<std::string> changes_between(const Snapshot& before, const Snapshot& after);

/// Temporary folder for running the program. No GPU is visible to it, so that results do not depend
/// on the machine, and no data but those that the test provides.
class Workbench {
 public:
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

  /// Writes a file and returns its name, for use on a command line.
  std::string write(const std::string& file, const std::string& text) const;
  std::string write(const std::string& file, const Json& json) const;

  /// start() starts `ff ARGUMENTS`; ff() also waits for it.
  Process start(const std::vector<std::string>& arguments, ProcessOptions options = {}) const;
  Ended ff(const std::vector<std::string>& arguments, ProcessOptions options = {}) const;

  /// As above, for `ff run ARGUMENTS --threads 1`.
  Process start_run(std::vector<std::string> arguments) const;
  Ended run(std::vector<std::string> arguments) const;

  Snapshot snapshot() const;

 private:
  DataFolder folder_;
};

Json read_json(const std::filesystem::path& file);

/// Returns the lines of metrics.jsonl; empty if the file does not exist.
std::vector<Json> read_metrics(const std::filesystem::path& run);

/// Returns the number of lines of metrics.jsonl; may be called while it is being written.
std::size_t count_metrics(const std::filesystem::path& run);

/// Returns the integers of loop.position in checkpoint.pt: phase, epoch, step, global epoch, total
/// steps, finished.
std::vector<std::int64_t> position_in(const std::filesystem::path& run);

/// Returns the differences of two finished runs that should be identical: all tensors of
/// checkpoints and predictions, metrics and results, excluding times and memory.
std::vector<std::string> run_differences(const std::filesystem::path& a,
                                         const std::filesystem::path& b);

}  // namespace ff::test
