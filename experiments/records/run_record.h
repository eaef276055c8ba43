// Run folders and record files (FILE.jsonl of `ff records pack`), read alike.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

enum class RunStatus { kUnfinished, kDone, kDiverged };

/// The JSON files of one run. ff's runs and the reference's look the same.
struct RunRecord {
  std::filesystem::path
      folder;                 // in a record file FILE.jsonl/NAME/seed-N, as if that were a folder
  Json config;                // resolved, with the one seed
  Json environment;           // empty where there is no such file
  Json result;                // empty where the run has none
  std::vector<Json> metrics;  // the lines of metrics.jsonl; of a run folder by read_whole_run only
  RunStatus status = RunStatus::kDone;

  std::string name() const { return result.at("name").get<std::string>(); }
  std::int64_t seed() const { return result.at("seed").get<std::int64_t>(); }
  bool diverged() const { return result.contains("diverged"); }
};

/// Whether `folder` is that of a run, finished or not.
bool is_run_folder(const std::filesystem::path& folder);

/// Whether the run there came to its end, or to where it diverged.
bool has_result(const std::filesystem::path& folder);

/// A JSON object from a file. A bad file is an error of one line, std::runtime_error or
/// std::invalid_argument, that names it.
Json read_record(const std::filesystem::path& file);

/// The record of a run folder that has a result, without its metrics; errors as in read_record,
/// also for a result without name or seed.
RunRecord read_run(const std::filesystem::path& folder);

/// The lines of a run folder's metrics.jsonl; none when it has no such file. Throws
/// std::runtime_error with file and line when that line is not an object with a whole number
/// "epoch".
std::vector<Json> metrics_lines(const std::filesystem::path& folder);

/// Everything but tensors of the one run at `path`: a run folder, finished or not, or a run of a
/// record file (FILE.jsonl/NAME/seed-N; FILE.jsonl where it holds no other run). What an unfinished
/// run lacks is empty. Errors as in read_record; for what is no run, std::runtime_error.
RunRecord read_whole_run(const std::filesystem::path& path);

/// What a sweep chose: its choice.json, or that of a record file.
struct FoundChoice {
  std::filesystem::path folder;  // the sweep's; as of RunRecord
  Json json;
};

/// The runs in or below a folder, in alphabetical order of their folders; those in record files
/// that lie there too. Unfinished runs of run folders are not read: they have nothing but a folder.
struct FoundRuns {
  std::vector<RunRecord> finished;  // or diverged; of run folders without metrics
  std::vector<RunRecord> unfinished;
  std::vector<FoundChoice> choices;
};

/// `path` is a folder, a record file, or a place in one (FILE.jsonl/NAME). Throws
/// std::runtime_error when it is none or cannot be read, and as read_run does.
FoundRuns find_runs(const std::filesystem::path& path);

}  // namespace ff::experiments
