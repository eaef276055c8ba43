#include "experiments/run/device_errors.h"

#include <stdexcept>
#include <string>

#include <c10/util/Exception.h>

#include "experiments/plain_text.h"
#include "ff/engines/gpu/device.h"

namespace ff::experiments {
namespace {

[[noreturn]] void fail(const std::filesystem::path& run,
                       const std::string& error,
                       const std::string& cure = "") {
  const auto line = error.substr(0, error.find('\n'));  // drops LibTorch's debugging advice
  std::string kept;                                     // remains empty if the run has not started
  if (std::filesystem::exists(run / "checkpoint.pt")) {
    kept = "; the last checkpoint is kept: run the same command with --resume to continue from it";
  } else if (std::filesystem::exists(run)) {
    kept = "; no checkpoint was written yet";
  }
  throw std::runtime_error(line + cure + kept);
}

// Keeps the requested and the free memory of LibTorch's message; drops the list of other processes
// and the allocator settings.
std::string shortened(const std::string& out_of_memory) {
  const std::string last = " is free.";
  const auto end = out_of_memory.find(last);
  return end == std::string::npos ? out_of_memory : out_of_memory.substr(0, end + last.size());
}

}  // namespace

void translate_device_errors(const std::filesystem::path& run, const std::function<void()>& work) {
  try {
    work();
  } catch (...) {
    rethrow_device_error(run);
  }
}

void rethrow_device_error(const std::filesystem::path& run) {
  try {
    throw;
  } catch (const gpu::DeviceError& error) {
    fail(run, error.what());
  } catch (const c10::OutOfMemoryError& error) {
    fail(run,
         shortened(error.what_without_backtrace()),
         " Reduce batch_size, fused.cache_mib, evaluate.batch_size or --jobs");
  } catch (const c10::AcceleratorError& error) {
    fail(run, error.what_without_backtrace());
  } catch (const std::exception& error) {  // out of memory on the CPU
    const auto memory = out_of_memory_text(error);
    if (!memory) throw;
    fail(run,
         *memory,
         "; reduce model.widths, batch_size, evaluate.batch_size, fused.cache_mib or --jobs");
  }
}

}  // namespace ff::experiments
