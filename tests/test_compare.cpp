#include <cmath>

#include <ATen/Functions.h>

#include "experiments/checkpoint.h"
#include "experiments/compare/compare.h"
#include "experiments/compare/tensors.h"
#include "tests/catch.h"
#include "tests/data_files.h"
#include "tests/paths.h"
#include "tests/process.h"
#include "tests/run_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

ff::TensorDict sample_model() {
  return {{"layers.0.weight", at::arange(6, at::kFloat).view({2, 3})},
          {"layers.0.threshold", at::full({1}, 5.0)}};
}

void write_checkpoint(const std::filesystem::path& run,
                      const char* name,
                      const ff::TensorDict& model) {
  save_checkpoint(run / name, {{"model", model}});
}

Ended run_ff(const std::vector<std::string>& arguments) {
  return Process(program_path(), arguments).wait();
}

// Two equal runs, A and B, of two epochs with a checkpoint each.
class TwoRuns {
 public:
  TwoRuns() : a(write(folder_ / "a")), b(write(folder_ / "b")) {}

  Comparison compare() const { return compare_runs(a, b); }
  std::string text() const { return report(compare()); }

 private:
  static std::filesystem::path write(const std::filesystem::path& out) {
    const auto run = write_sample_run(out, "x", 0, 0.5);
    for (const auto* name : {"checkpoint-0001.pt", "checkpoint-0002.pt", "checkpoint.pt"}) {
      write_checkpoint(run, name, sample_model());
    }
    save_tensors(run / "predictions.pt", {{"train", at::arange(8)}, {"test", at::arange(4)}});
    write_bytes(
        run / "metrics.jsonl",
        "{\"epoch\": 1, \"train_loss\": 0.5, \"thresholds\": [5.0, 6.0], \"seconds\": 1}\n"
        "{\"epoch\": 2, \"train_loss\": 0.25, \"thresholds\": [5.5, 6.5], \"seconds\": 2}\n");
    return run;
  }

  DataFolder folder_;

 public:
  const std::filesystem::path a;
  const std::filesystem::path b;
};

}  // namespace

TEST_CASE("Tensors are compared by type, shape and value, the worst place is named", "[compare]") {
  const auto base = at::arange(6, at::kFloat).view({2, 3});
  CHECK_FALSE(difference(base, base.clone()).has_value());
  auto other = base.clone();
  other[0][1] += 0.5;
  other[1][2] = -5;
  CHECK(*difference(base, other) == "2 of 6 values differ, by at most 10 at [1, 2]: 5 | -5");
  other[0][0] = NAN;
  CHECK_THAT(*difference(base, other),
             ContainsSubstring("3 of 6 values differ, by at most nan at [0, 0]"));
  CHECK(*difference(base, base.view({3, 2})) == "Float [2, 3] | Float [3, 2]");
  CHECK(*difference(base, base.to(at::kDouble)) == "Float [2, 3] | Double [2, 3]");
  CHECK_FALSE(difference(at::empty({0}), at::empty({0})).has_value());
  CHECK(*difference(at::scalar_tensor(1.0), at::scalar_tensor(2.0)) ==
        "1 of 1 values differ, by at most 1 at []: 1 | 2");
}

TEST_CASE("One unit in the last place is a difference", "[compare]") {
  const auto one = at::ones({1});
  const auto next = at::full({1}, std::nextafter(1.0F, 2.0F));
  CHECK_THAT(*difference(one, next),
             ContainsSubstring("by at most 1.19e-07 at [0]: 1 | 1.00000012"));
}

TEST_CASE("Equal runs are identical, and the verdict counts what was compared", "[compare]") {
  const TwoRuns runs;
  CHECK(runs.compare().identical());
  CHECK_THAT(runs.text(),
             ContainsSubstring("identical: 6 tensors in 3 checkpoints, 12 predictions\n"));
  CHECK_THAT(runs.text(), ContainsSubstring("checkpoint-0002.pt  2 tensors equal\n"));
  CHECK_THAT(runs.text(), ContainsSubstring("config.json         the same, engine aside"));
  CHECK_THAT(runs.text(), ContainsSubstring("train_loss equal"));
}

TEST_CASE("The verdict names the first difference in time", "[compare]") {
  const TwoRuns runs;
  auto model = sample_model();
  model["layers.0.weight"][1][0] += 1;
  write_checkpoint(runs.b, "checkpoint-0002.pt", model);
  model["layers.0.threshold"] += 1;
  write_checkpoint(runs.b, "checkpoint.pt", model);
  CHECK_FALSE(runs.compare().identical());
  CHECK_THAT(runs.text(),
             ContainsSubstring("different: checkpoint-0002.pt: layers.0.weight: 1 of 6 values "
                               "differ, by at most 1 at [1, 0]: 3 | 4\n"));
  CHECK_THAT(runs.text(), ContainsSubstring("layers.0.threshold: 1 of 1 values differ"));
  CHECK_THAT(runs.text(), ContainsSubstring("checkpoint-0001.pt  2 tensors equal"));
}

TEST_CASE("A tensor that only one network has is a difference", "[compare]") {
  const TwoRuns runs;
  auto model = sample_model();
  model.erase("layers.0.threshold");
  write_checkpoint(runs.b, "checkpoint.pt", model);
  CHECK(runs.compare().first_difference == "checkpoint.pt: layers.0.threshold: only in A");
}

TEST_CASE("A checkpoint that only one run has is mentioned, none in common is a difference",
          "[compare]") {
  const TwoRuns runs;
  std::filesystem::remove(runs.a / "checkpoint-0001.pt");
  std::filesystem::remove(runs.b / "checkpoint-0002.pt");
  CHECK(runs.compare().identical());
  CHECK_THAT(runs.text(), ContainsSubstring("checkpoint-0001.pt  only in B"));
  CHECK_THAT(runs.text(), ContainsSubstring("checkpoint-0002.pt  only in A"));
  std::filesystem::remove(runs.b / "checkpoint.pt");
  CHECK(runs.compare().first_difference == "checkpoints: none that both runs have");
}

TEST_CASE("Predictions and accuracies decide, too", "[compare]") {
  const TwoRuns runs;
  save_tensors(runs.b / "predictions.pt",
               {{"train", at::arange(8)}, {"test", at::zeros({4}, at::kLong)}});
  CHECK(runs.compare().first_difference == "predictions.pt: test: 3 of 4 differ");
  save_tensors(runs.b / "predictions.pt", {{"train", at::arange(8)}, {"test", at::arange(5)}});
  CHECK(runs.compare().first_difference == "predictions.pt: test: 4 | 5 images");
  std::filesystem::remove(runs.b / "predictions.pt");
  CHECK_THAT(runs.text(), ContainsSubstring("only in A") && ContainsSubstring("identical: "));
  auto result = sample_result("x", 0, 0.5);
  result["accuracy_by_prefix"]["test"][0] = 0.3;
  write_run(runs.b, result, sample_config("x", 0));
  CHECK(runs.compare().first_difference == "result.json: accuracy_by_prefix.test.0: 0.25 | 0.3");
}

TEST_CASE("Accuracies may be rounded by the division, but not by an image", "[compare]") {
  const TwoRuns runs;
  auto result = sample_result("x", 0, 0.5);
  result["train_accuracy"] = 0.75 + 3e-8;  // computed in float32
  write_run(runs.b, result, sample_config("x", 0));
  CHECK(runs.compare().identical());
  result["train_accuracy"] = 0.75 + 1.0 / 60000;
  write_run(runs.b, result, sample_config("x", 0));
  CHECK_FALSE(runs.compare().identical());
}

TEST_CASE("Configs come first and do not decide; the engine is no difference", "[compare]") {
  const TwoRuns runs;
  auto config = sample_config("x", 0);
  config["engine"] = "auto";
  config["optimizer"] = {{"learning_rate", 0.2}, {"beta1", 0.9}};
  write_run(runs.b, sample_result("x", 0, 0.5), config);
  const auto comparison = runs.compare();
  CHECK(comparison.identical());
  CHECK(comparison.findings[0].subject == "A");
  CHECK(comparison.findings[1].subject == "B");
  CHECK(comparison.findings[2].text == "optimizer.beta1: absent | 0.9");
  CHECK(comparison.findings[3].text == "optimizer.learning_rate: 0.1 | 0.2");
  CHECK(comparison.findings[4].subject == "metrics.jsonl");
}

TEST_CASE("Data are compared where both runs say what they were", "[compare]") {
  const TwoRuns runs;
  CHECK_THAT(runs.text(), !ContainsSubstring("\ndata "));
  const auto say = [](const std::filesystem::path& run, int classes) {
    auto environment = sample_environment();
    environment["data"] = {{"name", "idx"}, {"classes", classes}};
    write_bytes(run / "environment.json", environment.dump());
  };
  say(runs.a, 3);
  CHECK_THAT(runs.text(), !ContainsSubstring("\ndata "));
  say(runs.b, 3);
  CHECK_THAT(runs.text(), ContainsSubstring("\ndata ") && ContainsSubstring(" the same\n"));
  say(runs.b, 4);
  CHECK_THAT(runs.text(), ContainsSubstring("classes: 3 | 4\n"));
}

TEST_CASE("Metrics show the largest difference and its epoch, and do not decide", "[compare]") {
  const TwoRuns runs;
  write_bytes(runs.b / "metrics.jsonl",
              "{\"epoch\": 1, \"train_loss\": 0.5625, \"thresholds\": [5.0, 6.0]}\n"
              "{\"epoch\": 2, \"train_loss\": 0.5, \"thresholds\": [5.5]}\n"
              "{\"epoch\": 3, \"train_loss\": 0.5}\n");
  CHECK(runs.compare().identical());
  CHECK_THAT(runs.text(), ContainsSubstring("metrics.jsonl       2 | 3 epochs\n"));
  CHECK_THAT(runs.text(),
             ContainsSubstring("train_loss differs, by at most 0.25 in epoch 2: 0.25 | 0.5\n"));
  CHECK_THAT(runs.text(), ContainsSubstring("thresholds: 2 | 1 values in epoch 2\n"));
  write_bytes(runs.b / "metrics.jsonl", "{\"epoch\": 1, \"train_loss\": null}\n");
  CHECK_THAT(runs.text(),
             ContainsSubstring("train_loss differs, by at most inf in epoch 1: 0.5 | "));
  write_bytes(runs.b / "metrics.jsonl", "{\"epoch\": 1}\n{\"epo");
  CHECK_THAT(message_of([&] { runs.compare(); }),
             ContainsSubstring((runs.b / "metrics.jsonl").string() + ": line 2: expected"));
}

TEST_CASE("Unfinished runs can be compared as far as they went", "[compare]") {
  const TwoRuns runs;
  for (const auto* name : {"DONE", "result.json", "predictions.pt", "metrics.jsonl"}) {
    std::filesystem::remove(runs.b / name);
  }
  CHECK(runs.compare().identical());
  CHECK_THAT(runs.compare().findings[1].text, ContainsSubstring("unfinished"));
}

TEST_CASE("ff compare: 0 identical, 1 different or unreadable, 2 wrong usage",
          "[compare][program]") {
  const TwoRuns runs;
  const auto equal = run_ff({"compare", runs.a.string(), runs.b.string()});
  CHECK(equal.exit_code == 0);
  CHECK_THAT(equal.out, ContainsSubstring("identical: 6 tensors"));
  save_checkpoint(runs.b / "checkpoint.pt", {{"other", sample_model()}});
  const auto no_model = run_ff({"compare", runs.a.string(), runs.b.string()});
  CHECK(no_model.exit_code == 1);
  CHECK_THAT(no_model.err, ContainsSubstring((runs.b / "checkpoint.pt").string() + ": it has no"));
  write_checkpoint(runs.b, "checkpoint.pt", {});
  const auto different = run_ff({"compare", runs.a.string(), runs.b.string()});
  CHECK(different.exit_code == 1);
  CHECK_THAT(different.out,
             ContainsSubstring("different: checkpoint.pt: layers.0.threshold: only in A"));
  const auto no_run = run_ff({"compare", runs.a.string(), "/tmp"});
  CHECK(no_run.exit_code == 1);
  CHECK(no_run.err.find("ff: /tmp: neither a run folder") == 0);
  CHECK(run_ff({"compare", runs.a.string()}).exit_code == 2);
  CHECK(run_ff({"compare", runs.a.string(), runs.b.string(), "more"}).exit_code == 2);
  CHECK(run_ff({"compare", "--unknown"}).exit_code == 2);
  CHECK_THAT(run_ff({"compare", "--help"}).out, ContainsSubstring("ff compare DIR_A DIR_B"));
}
