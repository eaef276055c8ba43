// A user's own images as CSV: a line per image, its label and its values.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// One file's lines.
struct CsvTable {
  std::vector<float> values;  // (lines, width)
  std::vector<std::int64_t> labels;
  std::int64_t width = 0;
  bool bytes = true;  // whether all values are written as integers from 0 to 255
};

/// The label stands in the first column, or in the one that a header calls label. Throws
/// std::runtime_error with the line and the column of what is no number, or not as it should be.
CsvTable read_csv(const DataFile& file);

/// train.csv and test.csv: images (N, 1, 1, width), of bytes where all values of both files are.
Dataset own_csv();

}  // namespace ff::experiments
