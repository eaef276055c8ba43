// Labels as they stand in files, one byte each.
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

namespace ff::experiments {

/// Labels uint8 (N) as int64 (N). Throws std::runtime_error with the path, the first label that is
/// not below `classes` and its place.
at::Tensor checked_labels(const at::Tensor& bytes, std::int64_t classes, const std::string& path);

}  // namespace ff::experiments
