// Config checks across keys: keys without effect, invalid combinations, several errors at once, and
// the resolved config.
#include "experiments/config/config.h"
#include "experiments/learners.h"
#include "experiments/learners/idle_keys.h"
#include "tests/catch.h"
#include "tests/config_error.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

Json with_optimizer(const Json& optimizer) { return {{"name", "x"}, {"optimizer", optimizer}}; }

}  // namespace

TEST_CASE("Keys without effect under model.type bp are refused", "[config]") {
  const auto refused = [](const std::string& key, const Json& config, const std::string& why = "") {
    auto bp = config;
    bp["name"] = "x";
    bp["model"]["type"] = "bp";
    CHECK(config_error(bp) == "x.json: " + key + ": has no effect with model.type bp" + why +
                                  "; remove it, or add --set " + key + "=");
    bp["model"]["type"] = "ff";
    CHECK_NOTHROW(config_from(bp, "x.json"));
  };
  refused("label", {{"label", {{"neutral", 0}}}}, ", which writes no labels into images");
  refused("loss", {{"loss", Json::object()}}, ", which has its own loss");
  refused("negatives", {{"negatives", {{"redraw", "epoch"}}}}, ", which has no negatives");
  refused("predict", {{"predict", {{"layers", "all"}}}}, ", whose last layer is the classifier");
  refused("schedule.type", {{"schedule", {{"type", "parallel"}}}});
  refused("model.goodness", {{"model", {{"goodness", "sum-square"}}}});
  refused("model.threshold", {{"model", {{"threshold", {{"initial", 2}}}}}});
  refused("model.normalize", {{"model", {{"normalize", {{"type", "none"}}}}}});
}

TEST_CASE("Keys without effect under the optimizer are refused", "[config]") {
  for (const auto* key : {"beta1", "beta2", "epsilon"}) {
    CHECK(config_error(with_optimizer({{"type", "sgd"}, {key, 0.5}})) ==
          "x.json: optimizer." + std::string(key) +
              ": has no effect with optimizer.type sgd; remove it, or add --set optimizer." + key +
              "=");
    CHECK_NOTHROW(config_from(with_optimizer({{"type", "adam"}, {key, 0.5}}), ""));
  }
  CHECK(
      config_error(with_optimizer({{"momentum", 0.5}})) ==
      "x.json: optimizer.momentum: has no effect with optimizer.type adam; remove it, or add --set "
      "optimizer.momentum=");
  CHECK_NOTHROW(config_from(with_optimizer({{"type", "sgd"}, {"momentum", 0.5}}), ""));
}

TEST_CASE("Combinations that make no sense are refused", "[config]") {
  CHECK(config_error(
            {{"name", "x"}, {"schedule", {{"epochs", 0}}}, {"prune", {{"ratios", {0.9}}}}}) ==
        "x.json: prune.ratios: cannot prune an untrained network (schedule.epochs 0); remove the "
        "ratios or increase schedule.epochs");
  CHECK(config_error({{"name", "x"}, {"prune", {{"ratios", {0.9, 0.5, 0.9}}}}}) ==
        "x.json: prune.ratios: a ratio occurs twice; keep one");
  CHECK(config_error({{"name", "x"}, {"seeds", {1, 1}}}) ==
        "x.json: seeds: a seed occurs twice; keep one");
  CHECK(config_error({{"name", "x"},
                      {"model", {{"type", "bp"}}},
                      {"random_order", "notebook-after-sequential"}}) ==
        "x.json: random_order: notebook-after-sequential repeats the draws of Forward-Forward "
        "training; allowed with model.type bp: plain, notebook, bp-notebook");
}

TEST_CASE("All problems are told at once", "[config]") {
  const Json config = {{"nam", "x"},
                       {"batch_size", 0},
                       {"loss", {{"type", "hinge"}}},
                       {"optimizer", {{"learning_rate", -1}, {"rate", 2}}},
                       {"prune", {{"ratios", {1.5}}}}};
  const auto text = config_error(config);
  CHECK(std::count(text.begin(), text.end(), '\n') == 6);  // 7 lines
  for (const auto* key : {"nam: unknown key; did you mean 'name'?",
                          "batch_size: 0 is",
                          "loss.type: \"hinge\" is",
                          "optimizer.learning_rate: -1 is",
                          "optimizer.rate: unknown key",
                          "prune.ratios: [1.5] is",
                          "name: missing"}) {
    CHECK_THAT(text, ContainsSubstring(std::string("x.json: ") + key));
  }
}

TEST_CASE("A long value is cut in a message", "[config]") {
  const auto text = config_error({{"name", "x"}, {"loss", {{"type", std::string(500, 'a')}}}});
  CHECK_THAT(text, ContainsSubstring("aaa... is not allowed"));
  CHECK(text.size() < 200);
}

TEST_CASE("The resolved config is complete, and reads back as the same", "[config]") {
  const std::vector<Json> configs = {
      {{"name", "x"}},
      {{"name", "x"}, {"model", {{"type", "bp"}}}, {"optimizer", {{"type", "sgd"}}}},
      {{"name", "x"},
       {"dataset", {{"normalize", {{"mean", {0.1}}, {"std", {0.3}}}}, {"train_limit", 7}}},
       {"label", {{"value", 1.5}}},
       {"model", {{"threshold", {{"initial", "width"}}}, {"widths", {3, 2}}}},
       {"optimizer", {{"learning_rate", 0.1 + 0.2}}},
       {"predict", {{"layers", {{"first", 2}}}}},
       {"schedule", {{"max_steps", 5}}},
       {"prune", {{"ratios", {0.5, 0.9}}}},
       {"seeds", {4, 5}}},
      {{"name", "x"}, {"predict", {{"layers", {0, 2}}}}, {"label", {{"value", "max"}}}}};
  for (const auto& config : configs) {
    const auto once = resolved(config_from(config, ""));
    CHECK(resolved(config_from(Json::parse(once.dump()), "")) == once);
    auto merged = once;
    merged.merge_patch(config);  // values of the config override the defaults
    CHECK(merged == once);
  }
}

TEST_CASE("Every key is resolved, or has no effect here", "[config]") {
  for (const auto& kind : learner_kinds()) {
    const std::string type = kind.name;
    for (const auto* optimizer : {"adam", "sgd"}) {
      const auto config =
          config_from({{"name", "x"},
                       {"model", {{"type", type}}},
                       {"optimizer", {{"type", optimizer}, {"weight_decay", 1e-4}}}},
                      "");
      const auto json = resolved(config);
      const auto without = idle_keys(config);
      for (const auto& key : config_keys()) {
        const bool is_idle =
            key.path == "$schema" || key.path == "comment" ||
            std::any_of(without.begin(), without.end(), [&](const auto& item) {
              return key.path == item.path || key.path.starts_with(item.path + ".");
            });
        CAPTURE(type, optimizer, key.path);
        CHECK((find_path(json, key.path) == nullptr) == is_idle);
      }
    }
  }
}

TEST_CASE("A key without effect is named once, by the section that has none", "[config]") {
  for (const auto& kind : learner_kinds()) {
    Config config;
    config.model.type = kind.name;
    config.model.layers = {{.type = "linear", .width = 3}};
    const auto keys = idle_keys(config);
    for (const auto& below : keys) {
      for (const auto& above : keys) {
        CAPTURE(kind.name, below.path, above.path);
        CHECK_FALSE(below.path.starts_with(above.path + "."));
      }
    }
    CHECK(is_idle(config, "optimizer.momentum"));
    CHECK(is_idle(config, "model.widths"));
    CHECK_FALSE(is_idle(config, "optimizer.beta1"));
    CHECK(is_idle(config, "head") == (config.model.type != "ff"));
    CHECK(is_idle(config, "head.epochs") == (config.model.type == "ff"));
  }
}
