// Comparison of two runs, each made by ff or by the Python reference.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ff::experiments {

/// A line of the report: the file or part, and the finding.
struct Finding {
  std::string subject;
  std::string text;
};

struct Comparison {
  std::vector<Finding> findings;
  std::int64_t tensors = 0;      // number of tensors compared, in all checkpoints
  std::int64_t checkpoints = 0;  // number of checkpoints that both runs have
  std::int64_t predictions = 0;
  std::int64_t accuracies = 0;
  std::int64_t epochs = 0;
  bool by_records = false;       // a run comes from a record file, which has no tensors
  std::string first_difference;  // empty: the runs are identical

  bool identical() const { return first_difference.empty(); }
};

/// Compares configs, metrics, all checkpoints that both runs have ("model", tensor by tensor),
/// predictions and accuracies. The runs are identical if tensors, predictions and accuracies are.
/// Configs do not count, nor do losses, which are means that two programs may sum in different
/// orders. If a run comes from a record file (FILE.jsonl/NAME/seed-N) there are no tensors: then
/// metrics and accuracies decide. Throws an exception with a one-line message if a path is not a
/// run or a file of it is damaged.
Comparison compare_runs(const std::filesystem::path& a, const std::filesystem::path& b);

/// Returns the findings as an aligned list, followed by the verdict.
std::string report(const Comparison& comparison);

}  // namespace ff::experiments
