// Warnings about settings that prevent learning and about runs that have not learned, and configs
// that must give no warning.
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include <ATen/Functions.h>

#include "experiments/config/config.h"
#include "experiments/data/registry.h"
#include "experiments/run/outcome.h"
#include "experiments/run/warnings.h"
#include "experiments/sweep/sweep.h"
#include "ff/nn/activation.h"
#include "tests/catch.h"
#include "tests/e2e_workbench.h"
#include "tests/paths.h"

using namespace ff::experiments;
using ff::test::Json;

namespace fs = std::filesystem;

namespace {

// Returns as many images as the published set has, nearly all black, normalised as configured.
LoadedData blank_data(const Config& config, std::int64_t classes = 10) {
  const auto& known = dataset_named(config.dataset.name.value());
  const bool cifar = config.dataset.name == "cifar10";
  const auto count =
      config.dataset.train_limit.value_or(known.train_count) - config.dataset.validation.count;
  auto images =
      cifar ? at::zeros({count, 3, 32, 32}, at::kByte) : at::zeros({count, 1, 28, 28}, at::kByte);
  images[0].fill_(255);
  const auto& normalize = config.dataset.normalize;
  const auto normalization = normalize.word == "original" ? known.original
                             : normalize.word == "none"
                                 ? ff::Normalization{{0}, {1}}
                                 : ff::Normalization{normalize.mean, normalize.std};
  const auto labels = at::arange(count, at::kLong).remainder(classes);
  LoadedData data;
  data.split.train = {images, labels, 10, normalization};
  return data;
}

std::vector<std::string> names_of_warnings(const Config& config, const LoadedData& data) {
  std::vector<std::string> names;
  for (const auto& check : setting_checks()) {
    if (!check.find(config, data.split).empty()) names.emplace_back(check.name);
  }
  return names;
}

struct Case {
  const char* check;
  Json config;
  const char* says;
  std::int64_t classes = 10;
};

std::vector<Case> cases() {
  const Json sgd = {{"type", "sgd"}, {"learning_rate", 0.01}};
  return {
      {"unreachable threshold",
       {{"model", {{"activation", "tanh"}, {"threshold", {{"initial", 2}}}}}},
       "model.threshold.initial: 2 cannot be reached: the activations of tanh are at most 1, so "
       "the mean-square goodness of layer 0 stays below 1, and its units saturate; set it well "
       "below, for example to 0.25, or use model.activation relu"},
      {"unreachable threshold",
       {{"model",
         {{"activation", "sigmoid"},
          {"goodness", "sum-square"},
          {"threshold", {{"initial", "width"}, {"learned", false}}}}}},
       "model.threshold.initial: 512 cannot be reached: "},
      {"unreachable threshold",
       {{"model",
         {{"activation", "tanh"},
          {"goodness", "sum-square"},
          {"threshold", {{"initial", 20}}},
          {"widths", {50, 20}}}}},
       "goodness of layer 1 stays below 20"},
      {"negative threshold",
       {{"model", {{"threshold", {{"initial", -1}, {"learned", false}}}}}},
       "model.threshold.initial: -1 is below the goodness of every sample"},
      {"invisible label",
       {{"label", {{"value", 0}}}},
       "label.value: 0 equals that of the other label pixels"},
      {"invisible label",
       {{"dataset", {{"normalize", {{"mean", 1}, {"std", 0.5}}}}}},
       "label.value: the largest pixel value 0 equals "},
      {"one class",
       {{"model", {{"type", "bp"}}}},
       "dataset: all 60000 training images are of class 0",
       1},
      {"zero weights",
       {{"model", {{"type", "bp"}, {"init", "zero"}, {"activation", "tanh"}}}},
       "model.init: zero leaves the hidden layers of model.type bp "},
      {"zero weights",
       {{"model", {{"type", "fa"}, {"init", "zero"}, {"activation", "tanh"}}},
        {"feedback", {{"init", "copy"}}}},
       "model.init: zero leaves the hidden layers of model.type fa "},
      {"slow sgd",
       {{"optimizer", sgd}},
       "optimizer.learning_rate: 0.01 with sgd, mean-square goodness and l2-normalised rows "},
      {"vanishing rate",
       {{"optimizer", {{"learning_rate", 1e-12}}}},
       "optimizer.learning_rate: 1e-12 changes no weight by more than 9"},
      {"decay of everything",
       {{"model", {{"type", "bp"}}},
        {"optimizer", {{"type", "sgd"}, {"learning_rate", 0.5}, {"weight_decay", 2}}}},
       "optimizer.weight_decay: 2 times the learning rate is 1, "},
      {"dropout of everything",
       {{"model", {{"dropout", 0.95}}}},
       "model.dropout: 0.95 leaves layer 2, of 10 units, 0.5 of them on average"},
      {"division by zero",
       {{"model", {{"type", "bp"}}}, {"optimizer", {{"epsilon", 0}}}},
       "optimizer.epsilon: 0 divides 0 by 0 where the gradient of a weight is 0"},
      {"division by zero",
       {{"model", {{"normalize", {{"epsilon", 0}}}}}},
       "model.normalize.epsilon: 0 divides 0 by 0 for inputs that are all zero"},
      {"foreign normalization",
       {{"dataset", {{"normalize", {{"mean", 33.3}, {"std", 78.6}}}}}},
       "dataset.normalize: makes black and white pixels differ by only 0.0127; mean and std"},
  };
}

Config config_of(Json json) {
  json["name"] = "x";
  return config_from(json, "x.json");
}

// Returns every config of the project, including all points of sweeps and their follow-up runs.
std::vector<Config> all_configs() {
  std::vector<Config> configs;
  for (const auto& item :
       fs::recursive_directory_iterator(fs::path(ff::test::source_dir()) / "configs")) {
    const auto& path = item.path();
    if (path.extension() != ".json") continue;
    if (!path.filename().string().starts_with("sweep")) {
      configs.push_back(load_config(path, {}));
      continue;
    }
    for (const auto& point : load_sweep(path, {}).points) {
      configs.push_back(point.config);
      configs.insert(configs.end(), point.then.begin(), point.then.end());
    }
  }
  return configs;
}

}  // namespace

TEST_CASE("Settings that cannot learn are warned of, each by its own check", "[warnings]") {
  std::set<std::string> seen;
  for (const auto& [check, json, says, classes] : cases()) {
    CAPTURE(check, json);
    const auto config = config_of(json);
    const auto data = blank_data(config, classes);
    CHECK(names_of_warnings(config, data) == std::vector<std::string>{check});
    const auto lines = warnings_of(config, data);
    REQUIRE(lines.size() == 1);
    CAPTURE(lines[0]);
    CHECK(lines[0].starts_with("x.json: "));
    CHECK_THAT(lines[0], ContainsSubstring(says));
    seen.insert(check);
  }
  CHECK(seen.size() == setting_checks().size());
}

TEST_CASE("Settings near those that cannot learn are not warned of", "[warnings]") {
  const Json constant[] = {
      {{"model", {{"activation", "tanh"}, {"threshold", {{"initial", 0.9}}}}}},
      {{"model", {{"activation", "relu"}, {"threshold", {{"initial", 200}}}}}},
      {{"model", {{"activation", "tanh"}}},
       {"loss", {{"type", "symba"}}},
       {"negatives", {{"pairing", "paired"}}}},
      {{"model", {{"type", "bp"}, {"activation", "tanh"}}}},
      {{"model", {{"threshold", {{"initial", -1}}}}}},
      {{"label", {{"value", 0.1}}}},
      {{"model", {{"type", "dfa"}, {"init", "zero"}, {"activation", "tanh"}}}},
      {{"model", {{"type", "bp"}, {"init", "zero"}, {"widths", {10}}}}},
      {{"model", {{"goodness", "sum-square"}}},
       {"optimizer", {{"type", "sgd"}, {"learning_rate", 0.01}}}},
      {{"model", {{"type", "bp"}}}, {"optimizer", {{"type", "sgd"}, {"learning_rate", 1e-4}}}},
      {{"optimizer", {{"weight_decay", 20}}}},
      {{"model", {{"dropout", 0.8}}}},
      {{"model", {{"normalize", {{"type", "none"}, {"epsilon", 0}}}}}},
      {{"schedule", {{"max_steps", 1}}}},
      {{"schedule", {{"epochs", 0}}}, {"optimizer", {{"type", "sgd"}, {"learning_rate", 0.01}}}},
  };
  for (const auto& json : constant) {
    CAPTURE(json);
    const auto config = config_of(json);
    CHECK(warnings_of(config, blank_data(config)).empty());
  }
}

TEST_CASE("No config of the project is warned of", "[warnings]") {
  std::map<std::string, LoadedData> data;  // by the settings that it depends on
  std::size_t count = 0;
  for (const auto& config : all_configs()) {
    const auto json = resolved(config);
    const auto key = json["dataset"].dump();
    if (!data.contains(key)) data[key] = blank_data(config);
    CAPTURE(config.file, config.name);
    CHECK(warnings_of(config, data[key]) == std::vector<std::string>{});
    ++count;
  }
  CHECK(count > 100);
}

TEST_CASE("An activation's bound is the least there is", "[warnings]") {
  for (const auto& activation : ff::activations()) {
    CAPTURE(activation.name);
    const auto values = activation.forward(at::linspace(-1000, 1000, 4001)).abs();
    const auto most = values.max().item<double>();
    CHECK(most <= activation.bound);
    CHECK((std::isinf(activation.bound) ? most > 900 : most > 0.999 * activation.bound));
  }
}

namespace {

// Returns the warning for a run on 1,000 test images with labels 0, ..., 9 in turn.
std::string outcome_text(const at::Tensor& predictions, std::vector<ConstantLayer> constant = {}) {
  ff::ImageSet test;
  test.images = at::zeros({1000, 1, 1, 1}, at::kByte);
  test.labels = at::arange(1000, at::kLong).remainder(10);
  const auto right = (predictions == test.labels).sum().item<double>();
  FinalEvaluation evaluation;
  evaluation.figures = {{"test_accuracy", right / 1000}};
  evaluation.predictions["test"] = predictions;
  evaluation.constant_layers = std::move(constant);
  return outcome_warning(config_of(Json::object()), test, evaluation);
}

// Returns predictions with the given number of correct ones; the errors are spread over all
// classes.
at::Tensor predictions_with(std::int64_t right) {
  const auto place = at::arange(1000, at::kLong);
  return at::where(
      place < right, place.remainder(10), (place + 1 + place.remainder(7)).remainder(10));
}

}  // namespace

TEST_CASE("A run that has not learned is said so, with what usually cures it", "[warnings]") {
  const std::string cure = "; a lower optimizer.learning_rate (here 0.1; try 0.01)";
  CHECK(outcome_text(at::full({1000}, 3, at::kLong)) ==
        "all 1000 test images are classified as class 3" + cure + " usually fixes it");
  CHECK(outcome_text(predictions_with(104)) ==
        "test accuracy 0.1040 is at chance level (always predicting the most frequent class gives "
        "0.1000)" +
            cure + ", a higher one, or more schedule.epochs usually fix it");
  CHECK(outcome_text(predictions_with(500), {{1, 0}, {2, 0}}) ==
        "every unit of layer 1 is 0 on all 1000 test images, whatever the label (dead units)" +
            cure + " usually fixes it");
  CHECK(outcome_text(predictions_with(500), {{0, -1}}) ==
        "layer 0 has the same goodness, 1, on all 1000 test images, whatever the label (saturated "
        "units)" +
            cure + " or another model.threshold.initial usually fixes it");
  CHECK(outcome_text(predictions_with(1000)).empty());
}

TEST_CASE("Guessing ends three standard deviations above the most frequent class", "[warnings]") {
  CHECK(outcome_text(predictions_with(128)) != "");
  CHECK(outcome_text(predictions_with(129)).empty());
  const auto labels = at::arange(1000, at::kLong).remainder(10);
  CHECK(accuracy_of_guessing(labels) == Approx(0.1 + 3 * std::sqrt(0.09 / 1000)));
  const auto uneven = at::cat({at::zeros({900}, at::kLong), at::ones({100}, at::kLong)});
  CHECK(accuracy_of_guessing(uneven) == Approx(0.9 + 3 * std::sqrt(0.09 / 1000)));
  CHECK(accuracy_of_guessing(at::arange(4, at::kLong).remainder(2)) == 1);  // too few labels
  // Random predictions stay below the limit.
  at::manual_seed(0);
  for (int i = 0; i < 50; ++i) {
    const auto guesses = at::randint(10, {1000}, at::kLong);
    const auto right = (guesses == labels).sum().item<double>() / 1000;
    CHECK(right <= accuracy_of_guessing(labels));
  }
}
