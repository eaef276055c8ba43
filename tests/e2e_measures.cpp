// Measures in a run: their output, and that they do not change the training.
#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace {

// A convolutional network with batch normalisation, whose running statistics measures must not
// change.
Json small_cnn(const std::string& name, const Json& changes) {
  auto config = small_bp(name,
                         {{"model",
                           {{"widths", nullptr},
                            {"layers",
                             {{{"type", "conv"}, {"channels", 3}, {"kernel", 3}, {"stride", 2}},
                              {{"type", "batch-norm"}},
                              {{"type", "relu"}},
                              {{"type", "linear"}, {"width", 4}}}}}},
                          {"dataset", {{"train_limit", 500}}},
                          {"schedule", {{"epochs", 3}}}});
  config.merge_patch(changes);
  return config;
}

}  // namespace

TEST_CASE("Measures stand in metrics and result, at their interval, and change nothing", "[e2e]") {
  const Workbench bench;
  const auto measured =
      bench.write("measured.json",
                  small_cnn("measured", {{"measures", {{"every_epochs", 2}, {"batches", 3}}}}));
  const auto plain = bench.write("plain.json", small_cnn("plain", Json::object()));
  REQUIRE(bench.run({measured, plain}).exit_code == 0);

  const auto metrics = read_metrics(bench / "runs/measured/seed-0");
  REQUIRE(metrics.size() == 4);
  CHECK(metrics[0]["epoch"] == 0);
  for (const std::size_t epoch : {0, 1, 2, 3}) {
    CHECK(metrics[epoch].contains("measures") == (epoch % 2 == 0));
    CHECK(metrics[epoch].contains("peak_memory_bytes") == (epoch % 2 == 0));
  }
  const auto last = read_json(bench / "runs/measured/seed-0/result.json")["measures"];
  for (const auto& measures : {metrics[2]["measures"], last}) {
    CHECK(measures["angle"].size() == 2);
    for (const auto& angle : measures["angle"]) CHECK(angle.get<double>() < 1e-3);
    CHECK(measures["norm_ratio"] == Json({1.0, 1.0}));
    CHECK(measures["sign_agreement"] == Json({1.0, 1.0}));
    CHECK(measures["dead_units"].size() == 1);
    CHECK_FALSE(measures.contains("feedback_angle"));
  }
  CHECK(metrics[0]["measures"] != last);
  CHECK_FALSE(read_json(bench / "runs/plain/seed-0/result.json").contains("measures"));

  // All tensors of both checkpoints are bit-identical.
  for (const auto& line :
       run_differences(bench / "runs/measured/seed-0", bench / "runs/plain/seed-0")) {
    CAPTURE(line);
    const bool of_tensors =
        line.find("metrics") == std::string::npos && line.find("result") == std::string::npos;
    CHECK_FALSE(of_tensors);
  }
  const auto table = bench.ff({"table", "runs", "--format", "csv"});
  CHECK_THAT(table.out, ContainsSubstring("angle_layer_1"));
  CHECK_THAT(table.out, ContainsSubstring("dead_units_layer_1"));
  CHECK_THAT(table.out, ContainsSubstring("milliseconds_per_step"));
}

TEST_CASE("Rules with convolutions are measured and resume to the same bits", "[e2e]") {
  const Workbench bench;
  std::vector<std::string> names, files;
  for (const std::string rule : {"bp",
                                 "fa",
                                 "kolen-pollack",
                                 "dfa",
                                 "drtp",
                                 "sdfa",
                                 "usf",
                                 "frsf",
                                 "brsf",
                                 "sign-bp-v2",
                                 "pred",
                                 "greedy"}) {
    Json changes = {{"model", {{"type", rule}}},
                    {"schedule", {{"epochs", 2}}},
                    {"measures", {{"every_epochs", 1}}}};
    if (rule == "kolen-pollack") changes["optimizer"]["weight_decay"] = 1e-4;
    if (rule == "greedy") changes["schedule"]["type"] = "parallel";
    names.push_back(rule);
    files.push_back(bench.write(rule + ".json", small_cnn(rule, changes)));
  }
  const auto run = [&](std::vector<std::string> options) {
    options.insert(options.begin(), files.begin(), files.end());
    const auto ended = bench.run(options);
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
  };
  run({"--out", "whole"});
  run({"--set", "checkpoint.keep=all", "--out", "part"});
  for (const auto& name : names) {  // as if interrupted after the first epoch
    const auto part = bench / ("part/" + name + "/seed-0");
    for (const auto* file : {"DONE", "result.json", "predictions.pt"}) {
      std::filesystem::remove(part / file);
    }
    std::filesystem::copy_file(part / "checkpoint-0001.pt",
                               part / "checkpoint.pt",
                               std::filesystem::copy_options::overwrite_existing);
  }
  run({"--set", "checkpoint.keep=all", "--out", "part", "--resume"});
  for (const auto& name : names) {
    CAPTURE(name);
    const auto whole = bench / ("whole/" + name + "/seed-0");
    CHECK(run_differences(whole, bench / ("part/" + name + "/seed-0")) ==
          std::vector<std::string>{});
    const auto measures = read_json(whole / "result.json")["measures"];
    CHECK(measures["angle"].size() == 2);
    CHECK((measures["angle"][0].get<double>() > 1) == (name != "bp"));
    CHECK(measures["dead_units"].size() == 1);
    const bool concordant = name.ends_with("sf") || name == "sign-bp-v2";
    const bool by_layers = concordant || name == "fa" || name == "kolen-pollack";
    CHECK(measures.contains("feedback_angle") == by_layers);
    CHECK(measures.contains("feedback_signs") == by_layers);
    if (concordant) CHECK(measures["feedback_signs"] == Json({1.0}));
  }
}

TEST_CASE("Forward-Forward is measured beside backpropagation too, and learns the same", "[e2e]") {
  const Workbench bench;
  const auto plain = bench.write("plain.json", small_ff("plain"));
  const auto measured =
      bench.write("measured.json", small_ff("measured", {{"measures", {{"every_epochs", 1}}}}));
  REQUIRE(bench.run({plain, measured}).exit_code == 0);
  const auto of = [&](const std::string& name) {
    return read_json(bench / ("runs/" + name + "/seed-0/result.json"));
  };
  const auto measures = of("measured")["measures"];
  const auto layers = of("measured")["thresholds"].size();
  for (const auto* key : {"angle", "dead_units", "norm_ratio", "sign_agreement"}) {
    CHECK(measures[key].size() == layers);
  }
  CHECK(of("measured")["thresholds"] == of("plain")["thresholds"]);
  CHECK(of("measured")["test_accuracy"] == of("plain")["test_accuracy"]);
}
