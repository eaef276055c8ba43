// Cache of loaded data sets.
#include "experiments/config/config.h"
#include "experiments/run/runner.h"
#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

Config config_with(std::int64_t validation_seed) {
  const Json changes = {{"dataset", {{"validation", {{"count", 5}, {"seed", validation_seed}}}}}};
  return config_from(small_ff("x", changes), "x");
}

constexpr std::int64_t kBytes = (2000 + 500) * 8 * 16;  // size of one synthetic data set

}  // namespace

TEST_CASE("Data sets are kept for further runs within a bound, the last used longest", "[data]") {
  const RunSettings settings;
  DatasetCache dataset_cache(settings, /*most_bytes=*/2 * kBytes);
  const auto* first = &dataset_cache.get(config_with(1));
  dataset_cache.get(config_with(2));
  CHECK(dataset_cache.size() == 2);
  CHECK(&dataset_cache.get(config_with(1)) == first);  // not reloaded
  dataset_cache.get(config_with(3));
  CHECK(dataset_cache.size() == 2);
  CHECK(&dataset_cache.get(config_with(1)) == first);  // the second one was the least recently used
  dataset_cache.clear();
  CHECK(dataset_cache.size() == 0);
}

TEST_CASE("The data set in use is there, whatever its size", "[data]") {
  const RunSettings settings;
  DatasetCache dataset_cache(settings, /*most_bytes=*/1);
  for (const std::int64_t seed : {1, 2, 1}) {
    CHECK(dataset_cache.get(config_with(seed)).split.validation.size() == 5);
    CHECK(dataset_cache.size() == 1);
  }
}
