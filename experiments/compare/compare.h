// Two run folders side by side: ff's own, or one of ff's and one of the Python reference's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ff::experiments {

/// A line of the report: which file or part, and what of it.
struct Finding {
  std::string subject;
  std::string text;
};

struct Comparison {
  std::vector<Finding> findings;
  std::int64_t tensors = 0;      // compared, in all checkpoints
  std::int64_t checkpoints = 0;  // that both have
  std::int64_t predictions = 0;
  std::int64_t accuracies = 0;
  std::int64_t epochs = 0;
  bool by_records = false;       // one of them is of a record file: there are no tensors
  std::string first_difference;  // empty: identical

  bool identical() const { return first_difference.empty(); }
};

/// Compares configs, metrics, every checkpoint that both have ("model", tensor by tensor),
/// predictions and accuracies. Tensors, predictions and accuracies decide whether the runs are
/// identical. Configs do not, and neither do losses: they are means that two programs may add up in
/// another order. A run of a record file (FILE.jsonl/NAME/seed-N) has no tensors: there, metrics
/// and accuracies decide. Throws an error of one line for what is no run, or damaged.
Comparison compare_runs(const std::filesystem::path& a, const std::filesystem::path& b);

/// The findings as an aligned list, then the verdict.
std::string report(const Comparison& comparison);

}  // namespace ff::experiments
