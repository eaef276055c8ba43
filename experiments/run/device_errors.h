// Translation of device errors during a run into user-facing messages.
#pragma once

#include <filesystem>
#include <functional>

namespace ff::experiments {

/// Call in a catch block. Rethrows the current exception; device errors (out of memory, also on a
/// CPU, a failed kernel launch, a lost GPU) become a std::runtime_error with a one-line message and
/// a remedy. `run` is the run folder, whose last checkpoint the message refers to.
[[noreturn]] void rethrow_device_error(const std::filesystem::path& run);

/// Calls `work` and translates device errors as rethrow_device_error().
void translate_device_errors(const std::filesystem::path& run, const std::function<void()>& work);

}  // namespace ff::experiments
