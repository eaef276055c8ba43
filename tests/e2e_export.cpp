// `ff export`: C code of a config and of a run, and what it refuses.
#include "tests/catch.h"
#include "tests/e2e_workbench.h"
#include "tests/edge_code.h"

using namespace ff::test;

namespace {

const Json kEdge = {{"optimizer", {{"type", "sgd"}, {"learning_rate", 0.1}}},
                    {"schedule", {{"type", "parallel"}, {"epochs", 1}}}};

std::string make(const Workbench& bench, const std::string& folder) {
  ProcessOptions options;
  options.folder = bench / folder;
  const auto ended = Process("/bin/sh", {"-c", "make"}, options).wait();
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 0);
  return ended.out;
}

}  // namespace

TEST_CASE("Exported runs answer as ff does", "[e2e][export]") {
  if (!has_c_compiler()) return;
  const Workbench bench;
  bench.write("net.json", small_ff("net", kEdge));
  bench.write("bp.json", small_bp("bp"));
  REQUIRE(bench.run({"net.json", "bp.json"}).exit_code == 0);
  for (const std::string storage : {"float32", "bf16", "int8"}) {
    CAPTURE(storage);
    const auto ended =
        bench.ff({"export", "runs/net/seed-0", "--out", storage, "--storage", storage});
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
    CHECK_THAT(ended.out, ContainsSubstring("Forward-Forward"));
    const auto error_text = make(bench, storage);
    CHECK_THAT(error_text, ContainsSubstring("verify: 20 of 20 answers as ff's"));
    CHECK_THAT(error_text, ContainsSubstring("verify: all is well"));
    for (const std::string run : {"net", "bp"}) {
      const auto out = run + storage;
      REQUIRE(bench
                  .ff({"export",
                       "runs/" + run + "/seed-0",
                       "--out",
                       out,
                       "--storage",
                       storage,
                       "--inference"})
                  .exit_code == 0);
      CHECK_THAT(make(bench, out), ContainsSubstring("verify: all is well"));
    }
  }
}

TEST_CASE("A config is exported with weights that the C code draws", "[e2e][export]") {
  if (!has_c_compiler()) return;
  const Workbench bench;
  bench.write("net.json", small_ff("net", kEdge));
  const auto ended =
      bench.ff({"export", "net.json", "--out", "c", "--name", "other", "--ram", "64K"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  CHECK_THAT(ended.err, ContainsSubstring("updates after every sample"));
  CHECK_FALSE(bench.snapshot().contains("c/other_weights.c"));
  CHECK_THAT(make(bench, "c"), ContainsSubstring("verify: all is well"));
}

TEST_CASE("What cannot be exported is said, and nothing is written", "[e2e][export]") {
  const Workbench bench;
  bench.write("net.json", small_ff("net", kEdge));
  bench.write("full/x", std::string("x"));
  const auto before = bench.snapshot();
  const auto refused = [&](std::vector<std::string> more, const std::string& text, int code = 1) {
    more.insert(more.begin(), {"export", "net.json", "--out", "c"});
    const auto ended = bench.ff(more);
    CAPTURE(text);
    CHECK(ended.exit_code == code);
    CHECK_THAT(ended.err, ContainsSubstring(text));
    CHECK(changes_between(before, bench.snapshot()).empty());
  };
  refused({"--to", "rust"}, "--to rust: allowed: c", 2);
  refused({"--storage", "int4"}, "--storage int4: allowed: float32, bf16, int8", 2);
  refused({"--samples", "0"}, "--samples 0: allowed: 1 to 1000", 2);
  refused({"--ram", "much"}, "--ram much: expected bytes", 2);
  refused({"--ram", "1K"}, "B more than 1024 B");
  refused({"--name", "2nd"}, "'2nd' is not a C identifier");
  refused({"--inference"}, "a config has no weights to infer with");
  refused({"--set", "model.activation=tanh"},
          "layer 'tanh': no C code; there is linear, with relu");
  refused({"--set", "model.type=dfa"}, "model.type dfa: no C code; there are ff and bp");
  refused({"--set", "loss.type=symba", "--set", "negatives.pairing=paired"},
          "loss.type symba: no C code");
  refused({"--set", "optimizer.weight_decay=0.1"}, "optimizer.weight_decay: no C code");
  refused({"--set", "model.widths=[100000]"}, "100000 units; allowed: up to 65535");
  refused({"--storage", "bf16", "--set", "optimizer.momentum=0.9"},
          "storage bf16 trains with momentum");
  refused({"--out", "full"}, "full: is not an empty folder");
  CHECK(bench.ff({"export", "net.json"}).exit_code == 2);
  CHECK_THAT(bench.ff({"export", "full", "--out", "c"}).err,
             ContainsSubstring("full: is not a run"));
}
