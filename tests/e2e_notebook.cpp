// Metrics printed in the SignOnlyBP notebooks, reproduced from their configs on the real data.
// Single predictions may differ between processors.
#include <cmath>

#include "experiments/data/find.h"
#include "experiments/data/registry.h"
#include "tests/catch.h"
#include "tests/e2e_workbench.h"
#include "tests/paths.h"

using namespace ff::test;

namespace {

// Returns the metrics per epoch of a notebook's config; empty if its data set is not installed.
std::vector<Json> metrics_of(const std::string& name,
                             const std::string& dataset,
                             const std::vector<std::string>& more = {}) {
  using namespace ff::experiments;
  const auto found = find_dataset(dataset_named(dataset), search_roots({}));
  if (!found) {
    WARN(dataset << " is not on this machine (FF_DATA): the notebook's " << name
                 << " is not compared");
    return {};
  }
  const Workbench bench;
  const auto config = std::filesystem::path(source_dir()) / "configs/notebook" / (name + ".json");
  std::vector<std::string> line = {
      config.string(), "--data-root", std::filesystem::absolute(found->folder).string()};
  for (const auto& change : more) line.insert(line.end(), {"--set", change});
  const auto ended = bench.run(line);
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  return read_metrics(bench / ("runs/notebook_" + name + "/seed-0"));
}

}  // namespace

TEST_CASE("The notebook's perceptron on MNIST, before training and after an epoch", "[e2e]") {
  struct Figures {
    const char* rule;
    double loss, accuracy;  // of the test set, as printed after the first epoch
  };
  for (const auto& [rule, loss, accuracy] : {Figures{"mnist_bp_sgd", 0.1203, 0.9644},
                                             {"mnist_usf", 0.1305, 0.9586},
                                             {"mnist_sbp_v1", 0.5498, 0.8691}}) {
    CAPTURE(rule);
    const auto metrics = metrics_of(rule, "mnist", {"schedule.epochs=1"});
    if (metrics.empty()) return;
    REQUIRE(metrics.size() == 2);
    CHECK(std::abs(metrics[0]["test_loss"].get<double>() - 2.3034) < 5e-5);
    CHECK(std::abs(metrics[0]["test_accuracy"].get<double>() - 0.1023) < 1.5e-4);
    CHECK(std::abs(metrics[1]["test_loss"].get<double>() - loss) < 5e-4);
    CHECK(std::abs(metrics[1]["test_accuracy"].get<double>() - accuracy) < 1.5e-3);
  }
}

TEST_CASE("The notebook's perceptron on CIFAR-10 before training", "[e2e]") {
  const auto metrics = metrics_of("cifar10_bp_sgd", "cifar10", {"schedule.max_steps=1"});
  if (metrics.empty()) return;
  CHECK(std::abs(metrics[0]["test_loss"].get<double>() - 2.3265) < 5e-5);
  CHECK(std::abs(metrics[0]["test_accuracy"].get<double>() - 0.1007) < 1.5e-4);
}
