// Range check of labels.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Returns integers (N) of any type as int64 (N). Throws std::runtime_error with the file's path,
/// the first label outside [0, classes), its position and the file's cure.
at::Tensor checked_labels(const at::Tensor& numbers, std::int64_t classes, const DataFile& file);

}  // namespace ff::experiments
