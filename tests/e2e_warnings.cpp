// Warnings of `ff run` about settings that prevent learning, and about runs that have not learned.
#include "tests/catch.h"
#include "tests/e2e_refused.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace {

const std::string kUnreachable = "warning: x.json: model.threshold.initial: 2 cannot be reached: ";

Json saturated(const std::string& name) {
  return small_ff(name, {{"model", {{"activation", "tanh"}, {"threshold", {{"initial", 2}}}}}});
}

std::size_t count_of(const std::string& part, const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

Json with_norm(const std::string& name, std::int64_t images, std::int64_t batch_size) {
  return small_bp(name,
                  {{"model", {{"batch_norm", "affine"}}},
                   {"dataset", {{"train_limit", images}}},
                   {"batch_size", batch_size}});
}

}  // namespace

TEST_CASE("A setting that cannot learn is warned of once, and stands in environment.json",
          "[e2e]") {
  const Workbench bench;
  bench.write("x.json", saturated("x"));
  for (const auto* jobs : {"1", "2"}) {
    CAPTURE(jobs);
    const auto ended = bench.run({"x.json", "--seeds", "0,1", "--jobs", jobs, "--out", jobs});
    CHECK(ended.exit_code == 0);
    CHECK(count_of("ff run: " + kUnreachable, ended.err) == 1);
    for (const auto* seed : {"0", "1"}) {
      const auto run = bench / (std::string(jobs) + "/x/seed-" + seed);
      const auto warnings = read_json(run / "environment.json")["warnings"];
      REQUIRE(warnings.size() == 1);
      CHECK_THAT(warnings[0].get<std::string>(), ContainsSubstring("cannot be reached"));
    }
  }
  // The warnings do not change the identity of the run.
  const auto again = bench.run({"x.json", "--seeds", "0,1", "--out", "1"});
  CHECK(again.exit_code == 0);
  CHECK(count_of("finished before; skipped", again.err) == 2);
}

TEST_CASE("--dry-run warns as well, of a run and of a sweep", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", saturated("x"));
  bench.write("s.json",
              {{"name", "s"}, {"configs", {"x.json"}}, {"grid", {{"batch_size", {8, 9}}}}});
  const auto run = bench.run({"x.json", "--dry-run"});
  CHECK(run.exit_code == 0);
  CHECK(count_of("ff run: " + kUnreachable, run.err) == 1);
  const auto sweep = bench.ff({"sweep", "s.json", "--dry-run"});
  CHECK(sweep.exit_code == 0);
  CHECK(count_of("cannot be reached", sweep.err) == 1);
}

TEST_CASE("A run whose units have died says so when it ends, and in result.json", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"optimizer", {{"learning_rate", 100}}}}));
  const auto ended = bench.run({"x.json", "--quiet"});
  CHECK(ended.exit_code == 0);
  const auto warnings = read_json(bench / "runs/x/seed-0/result.json")["warnings"];
  REQUIRE(warnings.size() == 1);
  const auto warning = warnings[0].get<std::string>();
  CHECK_THAT(warning, ContainsSubstring(" is 0 on all 500 test images, whatever the label "));
  CHECK(ended.err == "runs/x/seed-0: warning: " + warning + "\n");
}

TEST_CASE("A run that guesses says so, one that learns says nothing", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_bp("x", {{"optimizer", {{"learning_rate", 1e-6}}}}));
  bench.write("y.json", small_bp("y"));
  const auto guessing = bench.run({"x.json", "--quiet"});
  CHECK_THAT(guessing.err, ContainsSubstring("runs/x/seed-0: warning: "));
  const auto learned = bench.run({"y.json", "--quiet"});
  CHECK(learned.err.empty());
  CHECK_FALSE(read_json(bench / "runs/y/seed-0/result.json").contains("warnings"));
}

TEST_CASE("Batch normalisation and a batch of one image are refused before the run", "[e2e]") {
  const Workbench bench;
  bench.write("last.json", with_norm("last", 33, 8));
  bench.write("each.json", with_norm("each", 32, 1));
  bench.write("only.json", with_norm("only", 1, 8));
  bench.write("auxiliary.json",
              small_bp("auxiliary",
                       {{"model", {{"type", "greedy"}}},
                        {"auxiliary", {{"batch_norm", "plain"}}},
                        {"dataset", {{"train_limit", 33}}},
                        {"batch_size", 8}}));
  const std::string reason = " has one value per channel and no variance; ";
  for (const auto& more : {std::vector<std::string>{}, {"--dry-run"}}) {
    const auto refused = [&](const std::string& config, const std::string& says) {
      std::vector<std::string> arguments = {config};
      arguments.insert(arguments.end(), more.begin(), more.end());
      check_run_refused(bench, arguments, {"ff run: " + config + ": " + says});
    };
    refused("last.json",
            "batch_size: 8 leaves a last batch of one image (of 33 training images), where batch "
            "normalisation (model.batch_norm)" +
                reason + "use another batch_size, such as 7\n");
    refused("each.json",
            "batch_size: 1 gives batches of one image (of 32 training images), where batch "
            "normalisation (model.batch_norm)" +
                reason + "use another batch_size, such as 2\n");
    refused("only.json",
            "batch_size: 8 leaves a last batch of one image (of 1 training images), where batch "
            "normalisation (model.batch_norm)" +
                reason + "use more training images\n");
    refused("auxiliary.json",
            "batch_size: 8 leaves a last batch of one image (of 33 training images), where batch "
            "normalisation (auxiliary.batch_norm)" +
                reason + "use another batch_size, such as 7\n");
  }
  // No warning if training ends before that batch, or if channels have many values.
  CHECK(bench.run({"last.json", "--set", "schedule.max_steps=4"}).exit_code == 0);
  bench.write("maps.json",
              small_bp("maps",
                       {{"model",
                         {{"widths", nullptr},
                          {"layers",
                           {{{"type", "conv"}, {"channels", 3}, {"kernel", 3}},
                            {{"type", "batch-norm"}},
                            {{"type", "relu"}},
                            {{"type", "linear"}, {"width", 4}}}}}},
                        {"dataset", {{"train_limit", 33}}},
                        {"batch_size", 8}}));
  CHECK(bench.run({"maps.json"}).exit_code == 0);
}

TEST_CASE("Training images of one class are refused where wrong labels are needed", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"dataset", {{"train_limit", 1}}}}));
  check_run_refused(bench,
                    {"x.json"},
                    {"ff run: x.json: dataset: all 1 training images are of class ",
                     ", but negatives.type random-label needs wrong labels; "});
}
