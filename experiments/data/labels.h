// Labels as they stand in files.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Whole numbers (N) of any type as int64 (N). Throws std::runtime_error with the file's path, the
/// first label that is not in [0, classes), its place and the file's cure.
at::Tensor checked_labels(const at::Tensor& numbers, std::int64_t classes, const DataFile& file);

}  // namespace ff::experiments
