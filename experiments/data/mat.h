// Arrays of MATLAB's files of version 5, packed or not.
#pragma once

#include <map>
#include <string>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// The file's numeric arrays by name, uint8 or float64, in MATLAB's order of indices. Throws
/// std::runtime_error when the file is no such file, cut short or corrupt.
std::map<std::string, at::Tensor> mat_arrays(const DataFile& file);

}  // namespace ff::experiments
