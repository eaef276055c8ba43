// GPU failures during a run, injected into an emulated GPU.
#include <c10/util/Exception.h>

#include "experiments/files.h"
#include "experiments/run/run_all.h"
#include "tests/catch.h"
#include "tests/fault_injecting_device.h"
#include "tests/run_bench.h"

using namespace ff::test;

namespace {

constexpr std::int64_t kSecondEpoch = 60;  // index of a launch in the second epoch

// Returns a callback that throws `error` before the given launch.
template <class Error>
FaultInjectingDevice::Before fail_at(std::int64_t launch, const Error& error) {
  return [=](const OperationCounts& counts) {
    if (counts.launches == launch) error();
  };
}

void lose_the_device() {
  throw ff::gpu::DeviceError(
      "CUDA: optimizer: unspecified launch failure (cudaErrorLaunchFailure)");
}

void run_out_of_memory() {
  TORCH_CHECK_WITH(
      OutOfMemoryError,
      false,
      "CUDA out of memory. Tried to allocate 2 GiB. GPU 0 has a total capacity of 8 GiB of which "
      "1 GiB is free. Process 7 has 7 GiB memory in use.\nAdvice.");
}

std::string failure_of(const RunBench& bench, const std::string& out) {
  try {
    bench.make_apart(out);
  } catch (const std::exception& error) {
    return error.what();
  }
  FAIL("nothing failed");
  return "";
}

RunBench small_bench() {
  return RunBench(
      small_ff("lost", {{"batch_size", 60}, {"schedule", {{"type", "parallel"}, {"epochs", 3}}}}));
}

}  // namespace

TEST_CASE(
    "a GPU that vanishes is told in one line, and its last checkpoint goes on to the same "
    "bits",
    "[gpu]") {
  const auto bench = small_bench();
  {
    const Emulation sound;
    bench.make_apart("whole");
    CHECK(sound.counts->launches > kSecondEpoch);
  }
  const auto run = bench.runs("out").front().folder;
  {
    const Emulation broken(fail_at(kSecondEpoch, lose_the_device));
    CHECK(failure_of(bench, "out") ==
          "CUDA: optimizer: unspecified launch failure (cudaErrorLaunchFailure); the last "
          "checkpoint is kept: run the same command with --resume to continue from it");
  }
  CHECK_FALSE(std::filesystem::exists(run / "DONE"));
  CHECK(position_in(run).at(3) == 1);  // completed epochs
  CHECK(position_in(run).at(2) == 0);  // at the end of an epoch
  const Emulation sound;
  bench.make_apart("out", /*resume=*/true);
  CHECK(run_differences(bench.runs("whole").front().folder, run) == std::vector<std::string>{});
}

TEST_CASE("a GPU that vanishes before the first checkpoint leaves none", "[gpu]") {
  const auto bench = small_bench();
  const Emulation broken(fail_at(5, lose_the_device));
  CHECK(failure_of(bench, "out")
            .ends_with("(cudaErrorLaunchFailure); no checkpoint was written yet"));
  CHECK_FALSE(std::filesystem::exists(bench.runs("out").front().folder / "checkpoint.pt"));
}

TEST_CASE("a GPU without memory left is told in one line, with what needs less", "[gpu]") {
  const auto bench = small_bench();
  const Emulation broken(fail_at(kSecondEpoch, run_out_of_memory));
  const auto text = failure_of(bench, "out");
  CHECK(
      text.starts_with("CUDA out of memory. Tried to allocate 2 GiB. GPU 0 has a total capacity of "
                       "8 GiB of which 1 GiB is free. Reduce batch_size,"));
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.ends_with("the same command with --resume to continue from it"));
}

TEST_CASE("in an epoch on a GPU, steps are recorded once and nothing waits", "[gpu]") {
  const Emulation emulation;
  const auto bench = small_bench();
  bench.make_apart("out");
  const auto metrics = read_metrics(bench.runs("out").front().folder);
  const auto steps = metrics.at(0)["steps"].get<std::int64_t>();
  REQUIRE(steps % 32 != 0);
  const auto& counts = *emulation.counts;
  CHECK(counts.recordings == 2);  // one graph for full batches, one for the smaller last batch
  CHECK(counts.copies == 3 * (steps / 32 + 1));
  // One synchronisation per epoch, one per evaluation batch, and one for creating the learner.
  const auto images = 2000 + 500;  // synthetic data; see DatasetOptions
  CHECK(counts.waits <= 3 + images / 1000 + 3);
}

TEST_CASE("a GPU without memory for a network is told before a run begins", "[gpu]") {
  const auto bench = small_bench();
  ff::gpu::emulate([](const at::Device&) -> std::shared_ptr<ff::gpu::Device> {
    run_out_of_memory();
    return nullptr;
  });
  const auto settings = bench.settings("out");
  ff::experiments::DatasetCache dataset_cache(settings);
  std::string text;
  try {
    ff::experiments::check_all(bench.runs("out"), dataset_cache, settings, "ff run");
  } catch (const std::exception& error) {
    text = error.what();
  }
  ff::gpu::emulate(nullptr);
  CHECK(text.starts_with("CUDA out of memory. Tried to allocate 2 GiB. GPU 0 has "));
  CHECK(text.ends_with(
      "1 GiB is free. Reduce batch_size, fused.cache_mib, evaluate.batch_size or --jobs"));
  CHECK_FALSE(std::filesystem::exists(settings.out));
}
