// A GPU that fails in the middle of a run: what is said, and what is kept.
#pragma once

#include <filesystem>
#include <functional>

namespace ff::experiments {

/// Does `work`. What the device does to it (no memory left, on a CPU too, a launch that cannot be,
/// a GPU that has vanished) becomes a std::runtime_error of one line with the cure; `run` is the
/// run's folder, whose last checkpoint is left as it is.
void with_device_failures_told(const std::filesystem::path& run, const std::function<void()>& work);

}  // namespace ff::experiments
