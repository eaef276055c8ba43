// A GPU that fails in the middle of a run: what is said, and what is kept.
#pragma once

#include <filesystem>
#include <functional>

namespace ff::experiments {

/// In a catch block: throws what was caught on, errors of the device (out of memory, on a CPU too,
/// a failed launch, a GPU that has vanished) as a std::runtime_error of one line with the cure.
/// `run` is the run's folder, whose last checkpoint is kept.
[[noreturn]] void rethrow_device_error(const std::filesystem::path& run);

/// Does `work`, and translates errors of the device as rethrow_device_error does.
void translate_device_errors(const std::filesystem::path& run, const std::function<void()>& work);

}  // namespace ff::experiments
