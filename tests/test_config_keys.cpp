// Errors of the config reader, key by key.
#include <cmath>
#include <limits>

#include "experiments/config/config.h"
#include "experiments/learners.h"
#include "ff/core/find_choice.h"
#include "tests/catch.h"
#include "tests/config_error.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// Returns the errors for a config with `value` at "a.b"; empty if it is accepted.
std::string key_error(const std::string& key, const Json& value, Json config = {{"name", "x"}}) {
  Json* at = &config;
  std::string rest = key;
  for (auto dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
    at = &(*at)[rest.substr(0, dot)];
    rest = rest.substr(dot + 1);
  }
  (*at)[rest] = value;
  return config_error(config);
}

void check_refused(const std::string& key,
                   const std::vector<Json>& values,
                   const std::string& allowed) {
  for (const auto& value : values) {
    CHECK(key_error(key, value) ==
          "x.json: " + key + ": " + value.dump() + " is not allowed; allowed: " + allowed);
  }
}

void check_accepted(const std::string& key, const std::vector<Json>& values) {
  for (const auto& value : values) CHECK(key_error(key, value) == "");
}

const double kNaN = std::numeric_limits<double>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("Truth values are true or false", "[config]") {
  check_refused("evaluate.every_epoch", {"yes", 1, nullptr, Json::array()}, "true or false");
  check_refused("model.threshold.learned", {"true", 0}, "true or false");
  check_accepted("evaluate.every_epoch", {true, false});
}

TEST_CASE("Whole numbers are written as such and in range", "[config]") {
  const std::string allowed = "a whole number at least 1 and at most 1000000";
  check_refused("batch_size", {0, -3, 1.0, 64.5, "64", true, nullptr, 1000001}, allowed);
  check_accepted("batch_size", {1, 1000000});
  check_refused("schedule.epochs", {-1, 1.5}, "a whole number at least 0 and at most 1000000");
  const auto past_the_end = std::numeric_limits<std::uint64_t>::max();
  check_refused("dataset.validation.seed", {past_the_end}, "a whole number at least 0");
}

TEST_CASE("Numbers are finite and in range", "[config]") {
  check_refused("optimizer.learning_rate", {0, -1, -0.5, "0.1", true, nullptr}, "a number above 0");
  check_refused("optimizer.beta1", {1, -0.1}, "a number at least 0 and below 1");
  check_refused("optimizer.weight_decay", {-1e-9}, "a number at least 0");
  // Of the right type, but not one that training in float32 can use.
  const std::string as_float = ", in size from 1.2e-38 to 3.4e38, as float32 holds them";
  check_refused("label.neutral", {kNaN, kInfinity, -kInfinity, 1e39, 1e-39}, "a number" + as_float);
  check_refused(
      "optimizer.learning_rate", {kNaN, kInfinity, 1e-300}, "a number above 0" + as_float);
  check_refused("label.neutral", {"0.1"}, "a number");
  check_accepted("optimizer.learning_rate", {1, 0.03, 1e-30});
  check_accepted("label.neutral", {0, -1.5});
}

TEST_CASE("Words are among those allowed", "[config]") {
  check_refused("loss.type", {"hinge", "", 3, nullptr}, "softplus, relu, symba");
  check_refused("loss.direction", {"max"}, "max-ssq, min-ssq");
  check_refused("schedule.type", {"Sequential"}, "sequential, parallel");
  check_refused("negatives.redraw", {true}, "never, epoch, batch");
  check_refused("model.type", {"sgd"}, ff::joined(ff::names_of(learner_kinds())));
  check_refused("dataset.name", {"mnits"}, "mnist, fashion-mnist, cifar10, synthetic, idx");
  check_refused("engine", {"gpu"}, "auto, autograd, fused");
  check_accepted("loss.type", {"softplus", "relu"});
}

TEST_CASE("Texts are not empty", "[config]") {
  check_refused("name", {"", 5, nullptr}, "a string that is not empty");
  check_refused("dataset.root", {"", 5}, "a string that is not empty, or null");
  check_accepted("dataset.root", {"somewhere", nullptr});
}

TEST_CASE("Lists hold what each of their entries may be", "[config]") {
  const std::string widths =
      "a list of one or more of: a whole number at least 1 and at most 1000000";
  check_refused("model.widths", {Json::array(), {0}, {512, 1.5}, {"a"}, 512, nullptr}, widths);
  const std::string ratios = "a list of: a number at least 0 and at most 1";
  check_refused("prune.ratios", {{1.5}, {-0.1}, {0.5, nullptr}, 0.9, {kNaN}}, ratios);
  check_accepted("prune.ratios", {Json::array(), {0, 0.9, 1}});
  check_refused("seeds",
                {Json::array(), {-1}, {4294967296}, {0.5}},
                "a list of one or more of: a whole number at least 0 and at most 4294967295");
}

TEST_CASE("A number or a word is one of the two", "[config]") {
  check_refused(
      "model.threshold.initial", {"height", true, kNaN, Json::array()}, "a number, or width");
  check_accepted("model.threshold.initial", {"width", 5, -1.5});
  check_refused("label.value", {"min", nullptr}, "a number, or max");
}

TEST_CASE("What may be null says so", "[config]") {
  check_refused("schedule.max_steps", {0, "x", 1.5}, "a whole number at least 1, or null");
  check_accepted("schedule.max_steps", {1, nullptr});
  CHECK_FALSE(
      config_from({{"name", "x"}, {"schedule", {{"max_steps", nullptr}}}}, "").schedule.max_steps);
}

TEST_CASE("Layers to predict with", "[config]") {
  const std::string allowed =
      "all, validation, or {\"first\": a whole number at least 1}, or {\"from\": a whole number at "
      "least 0}, or a list of one or more of: a whole number "
      "at least 0";
  check_refused("predict.layers",
                {"some",
                 2,
                 {{"first", 0}},
                 {{"last", 1}},
                 {{"first", 1}, {"last", 1}},
                 Json::array(),
                 {-1},
                 {0, "a"},
                 Json::object()},
                allowed);
  check_accepted("predict.layers", {"all", {{"first", 3}}, {0, 2}});
  CHECK(key_error("predict.layers", {{"first", 4}}) ==
        "x.json: predict.layers: the first 4 layers of 3; allowed: 1 to 3");
  CHECK(key_error("predict.layers", {1, 3}) ==
        "x.json: predict.layers: there is no layer 3; allowed: 0 to 2");
}

TEST_CASE("Normalisation is a word, or mean and std of equal length", "[config]") {
  const Json one = {{"mean", 0.5}, {"std", 0.25}};
  const Json three = {{"mean", {0.1, 0.2, 0.3}}, {"std", {1, 2, 3}}};
  check_accepted("dataset.normalize", {"original", "none", one, three});
  for (const Json& wrong : {Json("mean"),
                            Json(1),
                            Json({{"mean", 0.5}}),
                            Json({{"mean", 0.5}, {"std", 0}}),
                            Json({{"mean", "a"}, {"std", 1}}),
                            Json({{"mean", 0}, {"std", 1}, {"max", 1}}),
                            Json({{"mean", {1, 2}}, {"std", {1}}}),
                            Json({{"mean", Json::array()}, {"std", Json::array()}})}) {
    CHECK_THAT(
        key_error("dataset.normalize", wrong),
        ContainsSubstring("is not allowed; allowed: original, none, or {\"mean\": a number") &&
            ContainsSubstring("\"std\": a number above 0"));
  }
  const auto normalize =
      config_from({{"name", "x"}, {"dataset", {{"normalize", one}}}}, "").dataset.normalize;
  CHECK(normalize == NormalizeOption{"", {0.5}, {0.25}});
}

TEST_CASE("A section is an object", "[config]") {
  for (const auto* section : {"dataset",
                              "dataset.validation",
                              "label",
                              "model",
                              "model.threshold",
                              "model.normalize",
                              "loss",
                              "negatives",
                              "schedule",
                              "optimizer",
                              "predict",
                              "prune",
                              "evaluate",
                              "checkpoint"}) {
    check_refused(section, {3, "auto", nullptr, Json::array()}, "an object {...}");
    CHECK_THAT(
        key_error(std::string(section) + ".zzzzzz", 1),
        ContainsSubstring(std::string("x.json: ") + section + ".zzzzzz: unknown key; allowed: "));
  }
}

TEST_CASE("A misspelt key names the nearest", "[config]") {
  CHECK_THAT(
      key_error("batchsize", 1),
      ContainsSubstring(
          "batchsize: unknown key; did you mean 'batch_size'? allowed: $schema, comment, name, "));
  CHECK_THAT(key_error("optimizer.learning-rat", 1),
             ContainsSubstring("did you mean 'learning_rate'? allowed: type, learning_rate, "));
  CHECK_THAT(key_error("schedule.epoch", 1), ContainsSubstring("did you mean 'epochs'?"));
  CHECK_THAT(key_error("", 1), ContainsSubstring("unknown key; allowed: $schema, comment, name, "));
}

TEST_CASE("A name is needed, and stays in its folder", "[config]") {
  CHECK(message_of([] { config_from(Json::object(), "x.json"); }) ==
        "x.json: name: missing; every experiment needs a name");
  for (const auto* name : {"..", ".", ".hidden", "a/b", "../a", "/a", "a b", "a\n", "\xc3\xa9"}) {
    CHECK_THAT(key_error("name", name),
               ContainsSubstring("allowed: letters, digits, '_', '-' and '.', not starting with"));
  }
  check_accepted("name", {"a", "a.b-c_D9"});
}
