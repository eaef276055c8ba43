// Complete runs on a GPU compared with the CPU. Skipped if there is no GPU (tests/main.cpp).
#include "ff/engines/compute_device.h"
#include "tests/catch.h"
#include "tests/run_bench.h"

using namespace ff::test;

namespace {

std::vector<Json> results_on(const RunBench& bench, const std::string& device, bool together) {
  auto settings = bench.settings(device);
  settings.device = ff::pick_device(device);
  ff::experiments::DatasetCache dataset_cache(settings);
  const auto runs = bench.runs(device);
  const auto& data = dataset_cache.get(runs.front().config);
  if (together) {
    CHECK(ff::experiments::execute_together(runs, data, settings).empty());
  } else {
    for (const auto& run : runs) ff::experiments::execute(run, data, settings);
  }
  std::vector<Json> results;
  for (const auto& run : runs) results.push_back(read_json(run.folder / "result.json"));
  return results;
}

void check_near(const Json& here, const Json& there) {
  CHECK(there["engine"] == "fused");
  const auto threshold = here["thresholds"][0].get<double>();
  CHECK(std::abs(there["thresholds"][0].get<double>() - threshold) <= 1e-3 * std::abs(threshold));
  for (const auto* accuracy : {"train_accuracy", "test_accuracy"}) {
    CHECK(std::abs(there[accuracy].get<double>() - here[accuracy].get<double>()) <= 0.01);
  }
}

Json mnist_epoch(const std::string& schedule) {
  return {{"name", "gpu_" + schedule},
          {"dataset", {{"name", "mnist"}}},
          {"schedule", {{"type", schedule}, {"epochs", 1}}},
          {"engine", "fused"},
          {"seeds", {0}}};
}

}  // namespace

TEST_CASE("an epoch of MNIST on a GPU ends with the CPU's first threshold and accuracy", "[cuda]") {
  for (const auto* schedule : {"parallel", "sequential"}) {
    const RunBench bench(mnist_epoch(schedule));
    std::vector<Json> here;
    try {
      here = results_on(bench, "cpu", false);
    } catch (const std::exception& error) {
      WARN("not looked at: " << error.what());
      return;
    }
    check_near(here[0], results_on(bench, "cuda", false)[0]);
  }
}

TEST_CASE("seeds that train together on a GPU end where each ends on the CPU", "[cuda]") {
  const RunBench bench(small_ff("seeds", {{"seeds", {0, 1, 2}}}));
  const auto here = results_on(bench, "cpu", false), there = results_on(bench, "cuda", true);
  for (std::size_t i = 0; i < here.size(); ++i) {
    CHECK(there[i]["trained_together"] == 3);
    check_near(here[i], there[i]);
  }
}
