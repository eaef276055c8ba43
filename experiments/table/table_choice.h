// Selection of table columns and conversion of accuracies to errors.
#pragma once

#include <string>
#include <vector>

#include "experiments/table/columns.h"

namespace ff::experiments {

struct TableChoice {
  std::vector<std::string> columns;  // keys in display order; empty: all columns
  bool errors = false;               // show errors in percent instead of accuracies
};

/// Returns the selected columns, experiment names first. Throws std::invalid_argument with the
/// available keys if a column does not exist.
std::vector<Column> chosen(std::vector<Column> columns, const TableChoice& choice);

}  // namespace ff::experiments
