// Reader of arrays in MATLAB files of version 5 (MAT-files), compressed or not.
#pragma once

#include <map>
#include <string>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Returns the numeric arrays of the file by name, uint8 or float64, with MATLAB's index order.
/// Throws std::runtime_error if the file is not a little-endian version 5 file, is truncated or
/// corrupt.
std::map<std::string, at::Tensor> mat_arrays(const DataFile& file);

}  // namespace ff::experiments
