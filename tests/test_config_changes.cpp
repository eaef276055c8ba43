// Overrides from the command line that remove keys or make keys ineffective, and ineffective keys
// that a file may contain.
#include "experiments/config/config.h"
#include "experiments/sweep/sweep.h"
#include "tests/catch.h"
#include "tests/config_error.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

Json changed(const Json& config, const std::vector<std::string>& assignments) {
  return resolved(config_from(config, "x.json", read_assignments(assignments)));
}

std::string error_text(const Json& config, const std::vector<std::string>& assignments) {
  return message_of([&] { changed(config, assignments); });
}

Json complete(const Json& config) { return resolved(config_from(config, "x.json")); }

}  // namespace

TEST_CASE("--set without a value removes a key or a section", "[config]") {
  const Json config = {{"name", "x"},
                       {"batch_size", 7},
                       {"model", {{"widths", {5}}, {"threshold", {{"initial", 2}}}}}};
  CHECK(changed(config, {"batch_size="}) == changed(config, {"batch_size=64"}));
  CHECK(changed(config, {"model.threshold=", "model.widths="}) ==
        complete({{"name", "x"}, {"batch_size", 7}}));
  CHECK(changed(config, {"model=", "model.widths=[3]"})["model"]["widths"] == Json({3}));
  CHECK(changed(config, {"loss="}) == complete(config));  // a key that is not set
  CHECK(error_text(config, {"name="}) ==
        "x.json with --set name=: name: missing; every experiment needs a name");
  CHECK_THAT(
      error_text(config, {"model.threshhold="}),
      ContainsSubstring("x.json with --set model.threshhold=: model.threshhold: unknown key; "
                        "did you mean 'threshold'? allowed: type, widths"));
  CHECK_THAT(error_text(config, {"predict.layers.first="}),
             ContainsSubstring("'first' is inside a value that is not a section"));
}

TEST_CASE("A complete config can be given another rule by --set alone", "[config]") {
  for (const std::string from : {"ff", "bp", "fa", "greedy", "soft-hebb", "ddtp-linear"}) {
    for (const std::string to : {"ff", "bp", "dfa", "greedy", "oja", "pepita"}) {
      const auto given = complete({{"name", "x"}, {"model", {{"type", from}}}});
      CAPTURE(from, to);
      auto expected = complete({{"name", "x"}, {"model", {{"type", to}}}});
      expected["optimizer"]["learning_rate"] = given["optimizer"]["learning_rate"];
      CHECK(changed(given, {"model.type=" + to}) == expected);
    }
  }
  const auto parallel = complete({{"name", "x"}, {"schedule", {{"type", "parallel"}}}});
  CHECK_NOTHROW(changed(parallel, {"model.type=bp"}));
  CHECK_NOTHROW(changed(parallel, {"optimizer.type=sgd"}));
  CHECK_NOTHROW(changed(parallel, {"loss.type=symba", "negatives.pairing=paired"}));
}

TEST_CASE("A key that lost its effect and is not at its default is told, with the cure",
          "[config]") {
  auto given = complete({{"name", "x"}});
  given["loss"]["type"] = "relu";
  given["model"]["threshold"]["initial"] = 2;
  CHECK(error_text(given, {"model.type=bp"}) ==
        "x.json: loss: has no effect with model.type bp, which has its own loss; remove it, or add "
        "--set loss=\nx.json: model.threshold: has no effect with model.type bp; remove it, or add "
        "--set model.threshold=");
  CHECK_NOTHROW(changed(given, {"model.type=bp", "loss=", "model.threshold="}));
  // A key set by --set, or already ineffective in the file, is reported even at its default value.
  CHECK_THAT(error_text({{"name", "x"}}, {"model.type=bp", "loss.type=softplus"}),
             ContainsSubstring("loss: has no effect with model.type bp"));
  CHECK_THAT(error_text({{"name", "x"}, {"optimizer", {{"momentum", 0}}}}, {"batch_size=3"}),
             ContainsSubstring("optimizer.momentum: has no effect with optimizer.type adam"));
}

TEST_CASE("A sweep may change the rule of a complete config", "[config][sweep]") {
  const DataFolder folder;
  const Json sweep = {{"$schema", "x"},
                      {"comment", {"two", "lines"}},
                      {"name", "s"},
                      {"configs", Json::array({complete({{"name", "x"}})})},
                      {"grid", {{"model.type", {"ff", "bp"}}}}};
  write_bytes(folder / "s.json", sweep.dump());
  CHECK(load_sweep(folder / "s.json", {"model.threshold="}).points.size() == 2);
  auto wrong = sweep;
  wrong["set"] = {{"batch_size.", 3}};
  write_bytes(folder / "s.json", wrong.dump());
  CHECK_THAT(message_of([&] { load_sweep(folder / "s.json", {}); }),
             ContainsSubstring("'batch_size.' is not a valid key; expected a.b"));
}

TEST_CASE("A comment and a schema change nothing", "[config]") {
  const Json plain = {{"name", "x"}};
  for (const Json& comment : {Json("one line"), Json({"two", "lines"}), Json::array()}) {
    const Json config = {{"$schema", "ff.schema.json"}, {"comment", comment}, {"name", "x"}};
    CHECK(complete(config) == complete(plain));
    CHECK(completed(config) == completed(plain));
  }
  CHECK(minimal(config_from({{"name", "x"}, {"comment", "why"}}, "")) ==
        Json({{"comment", "why"}, {"name", "x"}}));
  CHECK(config_error({{"name", "x"}, {"comment", 3}}) ==
        "x.json: comment: 3 is not allowed; allowed: a string, or a list of: a string");
  CHECK_THAT(config_error({{"name", "x"}, {"model", {{"comment", "x"}}}}),
             ContainsSubstring("model.comment: unknown key"));
}

TEST_CASE("A number that float32 cannot hold is refused where it stands", "[config]") {
  const auto refused = [](const Json& config, const std::string& key) {
    auto named = config;
    named["name"] = "x";
    const auto text = config_error(named);
    CHECK_THAT(text, ContainsSubstring("x.json: " + key + ": "));
    CHECK_THAT(text, ContainsSubstring("3.4e38 (float32)"));
  };
  refused({{"model", {{"threshold", {{"initial", 1e39}}}}}}, "model.threshold.initial");
  refused({{"dataset", {{"normalize", {{"mean", 1e39}, {"std", 1}}}}}}, "dataset.normalize");
  refused({{"dataset", {{"normalize", {{"mean", {0, -1e39}}, {"std", {1, 1}}}}}}},
          "dataset.normalize");
  refused({{"dataset", {{"normalize", {{"mean", 0}, {"std", 1e-46}}}}}}, "dataset.normalize");
  refused({{"label", {{"neutral", -1e300}}}}, "label.neutral");
  refused({{"optimizer", {{"learning_rate", 1e-300}}}}, "optimizer.learning_rate");
  CHECK(config_error({{"name", "x"}, {"model", {{"threshold", {{"initial", 3e38}}}}}}) == "");
  CHECK(config_error({{"name", "x"}, {"optimizer", {{"epsilon", 0}}}}) == "");
}
