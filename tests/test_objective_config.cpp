// The section objective: what has no effect with it, and what it makes ineffective.
#include "experiments/config/config.h"
#include "experiments/learners.h"
#include "ff/forward_forward/objective_learner.h"
#include "tests/catch.h"
#include "tests/config_error.h"
#include "tests/toy.h"

using namespace ff::experiments;
using ff::test::config_error;

namespace {

Json config_of(const std::string& type, const Json& changes = Json::object()) {
  Json config = {{"name", "x"}, {"objective", {{"type", type}}}};
  config.merge_patch(changes);
  return config;
}

}  // namespace

TEST_CASE("The default objective leaves a config as it was, but for its type",
          "[config][objective]") {
  const auto json = resolved(config_from({{"name", "x"}}, ""));
  CHECK(json["objective"] == Json({{"type", "goodness"}}));
  CHECK(minimal(config_from({{"name", "x"}}, "")) == Json({{"name", "x"}}));
  const auto bp = resolved(config_from({{"name", "x"}, {"model", {{"type", "bp"}}}}, ""));
  CHECK_FALSE(bp.contains("objective"));
}

TEST_CASE("What an objective does not read is refused", "[config][objective]") {
  const auto refused = [](const Json& config, const std::string& key, const std::string& reason) {
    CHECK(config_error(config) == "x.json: " + key + ": has no effect with objective.type " +
                                      reason + "; remove it, or add --set " + key + "=");
  };
  refused(config_of("projection", {{"negatives", {{"redraw", "epoch"}}}}),
          "negatives",
          "projection, which needs no negatives");
  refused(config_of("projection", {{"label", {{"neutral", 0}}}}),
          "label",
          "projection, which writes no labels into images");
  refused(config_of("class-channels", {{"loss", {{"type", "relu"}}}}),
          "loss",
          "class-channels, whose loss is a cross-entropy of class scores");
  for (const auto* key : {"threshold", "peer"}) {
    refused(config_of("projection", {{"model", {{key, Json::object()}}}}),
            std::string("model.") + key,
            "projection");
  }
  refused(config_of("projection", {{"head", {{"type", "softmax"}}}}), "head", "projection");
  refused(config_of("projection", {{"objective", {{"mean_of", "squares"}}}}),
          "objective.mean_of",
          "projection");
  refused(config_of("class-channels", {{"objective", {{"maps", 2}}}}),
          "objective.maps",
          "class-channels");
  refused(config_of("goodness", {{"objective", {{"label_smoothing", 0.1}}}}),
          "objective.label_smoothing",
          "goodness");
  CHECK_THAT(config_error(config_of("projection", {{"model", {{"type", "bp"}}}})),
             ContainsSubstring("objective: has no effect with model.type bp"));
  CHECK_THAT(config_error(config_of("projections")),
             ContainsSubstring("objective.type: \"projections\" is not allowed; allowed: goodness, "
                               "class-channels, projection"));
  CHECK_THAT(config_error(config_of("projection", {{"predict", {{"layers", {7}}}}})),
             ContainsSubstring("predict.layers: there is no layer 7"));
}

TEST_CASE("An objective's options reach its learner", "[config][objective]") {
  const auto config =
      config_from(config_of("projection",
                            {{"objective", {{"maps", 1}, {"label_smoothing", 0.25}}},
                             {"model", {{"widths", {5, 4}}}}}),
                  "");
  CHECK(config.objective.get<std::int64_t>("maps") == 1);
  ff::PythonRandom random(0);
  const auto images = ff::test::toy_images(30, 1);
  const auto learner = find_learner("ff").make(config, images, random);
  auto* made = dynamic_cast<ff::ObjectiveLearner*>(learner.get());
  REQUIRE(made);
  CHECK(made->network->layers[0]->objective().label_smoothing == 0.25);
  CHECK(find_learner("ff").engine(config, at::kCPU).engine == "autograd");
  auto fused = config;
  fused.engine = "fused";
  CHECK_THROWS_WITH(find_learner("ff").engine(fused, at::kCPU),
                    "engine: fused does not support objective.type projection; allowed: autograd, "
                    "auto");
}
