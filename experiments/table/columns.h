// Columns of a results table, independent of the output format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "experiments/table/experiment.h"

namespace ff::experiments {

/// A metric over the seeds of an experiment.
struct Figure {
  std::vector<double> values;  // one per seed

  double mean() const;
  // sample standard deviation (n - 1); std::nullopt for a single seed
  std::optional<double> standard_deviation() const;
};

using Cell = std::variant<std::monostate, std::string, std::int64_t, Figure>;

/// Number format of a metric.
struct Notation {
  int decimals = 4;
  bool spread = true;  // append the standard deviation to the mean
};

struct Column {
  std::string header;  // display name; may be split into two lines at ", "
  std::string key;     // machine-readable name, such as "test_accuracy"
  int group;           // columns of the same group are kept together
  Notation notation;
  std::vector<Cell> cells;  // one per experiment

  bool is_text() const;
};

/// Returns the columns with at least one non-empty cell: experiment, n, accuracies (by prefix of
/// layers on the test set, and after pruning), measures by layer, time, memory, device and commit.
std::vector<Column> make_columns(const std::vector<Experiment>& experiments);

/// Returns "0.9612 ± 0.0021", with `plus_minus` as the separator; empty for an empty cell.
std::string cell_text(const Column& column, size_t row, const std::string& plus_minus = " ± ");

}  // namespace ff::experiments
