// Tests of `ff bench memory` and `ff run --profile`.
#include <cmath>
#include <map>

#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace {

void check_memory(const std::string& device) {
  INFO(device);
  const Workbench bench;
  const auto ended = bench.ff({"bench",
                               "memory",
                               "--depths",
                               "2,6",
                               "--batches",
                               "32",
                               "--width",
                               "64",
                               "--threads",
                               "1",
                               "--device",
                               device,
                               "--json",
                               "rows.json"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  CHECK_THAT(ended.out, ContainsSubstring("backpropagation"));
  const auto rows = Json::parse(ff::experiments::read_file(bench / "rows.json"));
  REQUIRE(rows.size() == 6);
  std::map<std::string, std::map<int, double>> working;
  for (const auto& row : rows) {
    INFO(row.dump());
    const double peak = row["peak_bytes"], formula = row["formula_bytes"];
    CHECK(std::abs(peak - formula) <= 0.01 * formula);
    working[row["rule"]][row["depth"]] = row["working_bytes"];
  }
  // Alignment and small state may differ by some bytes; the activations of a layer take 8 KiB.
  CHECK(std::abs(working["FF parallel"][6] - working["FF parallel"][2]) < 4096);
  CHECK(working["backpropagation"][6] - working["backpropagation"][2] > 4 * 8192 - 4096);
}

}  // namespace

TEST_CASE("Memory against depth is what the formula says, and flat for Forward-Forward", "[e2e]") {
  check_memory("cpu");
  check_memory("emulated");  // the same for the GPU engine
}

TEST_CASE("Memory of training a config: a row for each, its working part by the batch", "[e2e]") {
  const Workbench bench;
  const auto ff = bench.write("ff.json", small_ff("tiny_ff"));
  const auto bp = bench.write("bp.json", small_bp("tiny_bp"));
  const auto measure = [&](std::vector<std::string> more) {
    std::vector<std::string> line = {
        "bench", "memory", ff, bp, "--threads", "1", "--json", "m.json"};
    line.insert(line.end(), more.begin(), more.end());
    const auto ended = bench.ff(line);
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
    CHECK_THAT(ended.out, ContainsSubstring("tiny_ff"));
    const auto rows = Json::parse(ff::experiments::read_file(bench / "m.json"));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0]["name"] == "tiny_ff");
    return rows;
  };
  const auto small = measure({}), large = measure({"--set", "batch_size=256"});
  for (const std::size_t i : {0, 1}) {
    CHECK(small[i]["parameter_bytes"] > 0);
    CHECK(small[i]["peak_bytes"] > small[i]["parameter_bytes"]);
    CHECK(large[i]["parameter_bytes"] == small[i]["parameter_bytes"]);
    // two Adam moments, or a momentum buffer
    CHECK(small[i]["state_bytes"] >= small[i]["parameter_bytes"]);
    CHECK(large[i]["working_bytes"] > small[i]["working_bytes"]);
  }
  CHECK(changes_between({}, bench.snapshot()).size() == 3);  // no run folder
}

TEST_CASE("ff bench: wrong usage is 2", "[e2e]") {
  const Workbench bench;
  CHECK(bench.ff({"bench"}).exit_code == 2);
  const auto ended = bench.ff({"bench", "memory", "--depths", "0"});
  CHECK(ended.exit_code == 2);
  CHECK_THAT(ended.err, ContainsSubstring("--depths 0: expected whole numbers of at least 1"));
  const auto x = bench.write("x.json", small_bp("x"));
  const auto both = bench.ff({"bench", "memory", x, "--depths", "2"});
  CHECK(both.exit_code == 2);
  CHECK_THAT(both.err, ContainsSubstring("--depths: has no effect with a config"));
  const auto none = bench.ff({"bench", "memory", "--set", "batch_size=1"});
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.err, ContainsSubstring("--set needs a config"));
  const auto lost = bench.ff({"bench", "memory", "lost.json"});
  CHECK(lost.exit_code == 1);
  CHECK_THAT(lost.err, ContainsSubstring("lost.json: no such file"));
  const auto misfit = bench.ff(
      {"bench", "memory", bench.write("y.json", small_bp("y", {{"model", {{"widths", {8, 5}}}}}))});
  CHECK(misfit.exit_code == 1);
  CHECK_THAT(misfit.err, ContainsSubstring("y.json: model.widths: the last layer has 5 units"));
}

TEST_CASE("A profile says where the time went, and changes nothing", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  REQUIRE(bench.run({"x.json", "--out", "plain"}).exit_code == 0);
  const auto ended = bench.run({"x.json", "--out", "profiled", "--profile"});
  REQUIRE(ended.exit_code == 0);
  for (const auto* section : {"label sweep", "activation, goodness, gradient", "all sections"}) {
    CHECK_THAT(ended.err, ContainsSubstring(section));
  }
  CHECK(run_differences(bench / "plain/x/seed-0", bench / "profiled/x/seed-0").empty());
}
