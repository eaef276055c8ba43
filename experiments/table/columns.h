// What a table shows of experiments, before it takes one of its forms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "experiments/table/experiment.h"

namespace ff::experiments {

/// A quantity over the seeds of an experiment.
struct Figure {
  std::vector<double> values;  // one per seed

  double mean() const;
  std::optional<double> standard_deviation() const;  // with n - 1; none for a single seed
};

using Cell = std::variant<std::monostate, std::string, std::int64_t, Figure>;

/// How a figure is written.
struct Notation {
  int decimals = 4;
  bool spread = true;  // with the standard deviation behind the mean
};

struct Column {
  std::string header;  // for people; ", " is where it may be broken into two lines
  std::string key;     // for programs: "test_accuracy"
  int group;           // columns of one group belong together
  Notation notation;
  std::vector<Cell> cells;  // one per experiment

  bool is_text() const;
};

/// The columns in which at least one experiment has something to show: experiment, n, accuracies
/// (by layers on the test set, and after pruning), measures by layer, seconds, memory, device and
/// commit.
std::vector<Column> make_columns(const std::vector<Experiment>& experiments);

/// "0.9612 ± 0.0021", with `plus_minus` between the two; empty for an empty cell.
std::string cell_text(const Column& column, size_t row, const std::string& plus_minus = " ± ");

}  // namespace ff::experiments
