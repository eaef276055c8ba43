// Which of a table's columns are shown, and whether accuracies are shown as errors.
#pragma once

#include <string>
#include <vector>

#include "experiments/table/columns.h"

namespace ff::experiments {

struct TableChoice {
  std::vector<std::string> columns;  // keys, in this order; empty: all there are
  bool errors = false;               // accuracies as errors in percent
};

/// The columns as chosen, the experiments' names first. Throws std::invalid_argument, with the keys
/// there are, for one that is not among them.
std::vector<Column> chosen(std::vector<Column> columns, const TableChoice& choice);

}  // namespace ff::experiments
