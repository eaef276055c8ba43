// A user's own images as CSV files: one line per image, with its label and its values.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Contents of a file.
struct CsvTable {
  std::vector<float> values;  // (lines, width)
  std::vector<std::int64_t> labels;
  std::int64_t width = 0;
  bool bytes = true;  // true: all values are integers from 0 to 255
};

/// Reads a CSV file. The label is in the first column, or in the column that a header calls
/// "label". Throws std::runtime_error with line and column if a cell is not a number or not
/// allowed.
CsvTable read_csv(const DataFile& file);

/// Data set of train.csv and test.csv: images (N, 1, 1, width), uint8 if all values of both files
/// are integers from 0 to 255, else float32.
Dataset user_csv();

}  // namespace ff::experiments
