// Finds run folders and reads what they say about themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

/// The JSON files of one run. ff's runs and the reference's look the same.
struct RunRecord {
  std::filesystem::path folder;
  Json config;       // resolved, with the one seed
  Json environment;  // empty where there is no such file
  Json result;

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

/// The record of a run that has a result; errors as in read_record, also for a result without name
/// or seed.
RunRecord read_run(const std::filesystem::path& folder);

/// The run folders in or below a folder, in alphabetical order.
struct FoundRuns {
  std::vector<std::filesystem::path> finished;  // or diverged
  std::vector<std::filesystem::path> unfinished;
};

/// Throws std::runtime_error when `folder` is none or cannot be read.
FoundRuns find_runs(const std::filesystem::path& folder);

}  // namespace ff::experiments
