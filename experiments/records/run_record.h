// Uniform reader for run folders and record files (FILE.jsonl, written by `ff records pack`).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

enum class RunStatus { kUnfinished, kDone, kDiverged };

/// The JSON files of one run, written by ff or by the Python reference.
struct RunRecord {
  std::filesystem::path folder;  // for a record file: FILE.jsonl/NAME/seed-N
  Json config;                   // resolved config with a single seed
  Json environment;              // empty if the file is missing
  Json result;                   // empty for an unfinished run
  // lines of metrics.jsonl; for run folders filled only by read_whole_run()
  std::vector<Json> metrics;
  RunStatus status = RunStatus::kDone;

  std::string name() const { return result.at("name").get<std::string>(); }
  std::int64_t seed() const { return result.at("seed").get<std::int64_t>(); }
  bool diverged() const { return result.contains("diverged"); }
};

/// Returns true if `folder` is a run folder, finished or not.
bool is_run_folder(const std::filesystem::path& folder);

/// Returns true if the run has finished or diverged.
bool has_result(const std::filesystem::path& folder);

/// Reads a JSON object from a file. Throws std::runtime_error or std::invalid_argument with a
/// one-line message that names the file.
Json read_record(const std::filesystem::path& file);

/// Reads a finished or diverged run folder without its metrics. Throws as read_record(), also if
/// the result lacks the name or the seed.
RunRecord read_run(const std::filesystem::path& folder);

/// Reads metrics.jsonl of a run folder; empty if the file does not exist. Throws std::runtime_error
/// with the file and line number if a line is not an object with an integer "epoch".
std::vector<Json> metrics_lines(const std::filesystem::path& folder);

/// Reads everything but tensors of the run at `path`: a run folder, finished or not, or a run in a
/// record file (FILE.jsonl/NAME/seed-N, or FILE.jsonl if it contains a single run). Missing files
/// of an unfinished run yield empty fields. Throws as read_record(), and std::runtime_error if
/// `path` is not a run.
RunRecord read_whole_run(const std::filesystem::path& path);

/// The choice of a sweep, from choice.json or a record file.
struct FoundChoice {
  std::filesystem::path folder;  // folder of the sweep; in a record file as for RunRecord
  Json json;
};

/// Runs in or below a folder, in alphabetical order of their folders, including those in record
/// files. The files of unfinished run folders are not read; only the field `folder` is set.
struct FoundRuns {
  // includes diverged runs; those from run folders are without metrics
  std::vector<RunRecord> finished;
  std::vector<RunRecord> unfinished;
  std::vector<FoundChoice> choices;
};

/// Finds runs in or below `path`: a folder, a record file, or a path inside a record file
/// (FILE.jsonl/NAME). Throws std::runtime_error if it is none of these or unreadable, and as
/// read_run().
FoundRuns find_runs(const std::filesystem::path& path);

}  // namespace ff::experiments
