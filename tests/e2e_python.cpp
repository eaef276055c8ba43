// ff plot and ff report: how the program finds Python, and that bad input ends as it does
// elsewhere. What the figures and pages hold is tested by tests/python.
#include <filesystem>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"
#include "tests/paths.h"

using namespace ff::test;

namespace {

namespace fs = std::filesystem;

// The interpreter that the program finds by itself; says why a test is left out where there is
// none.
bool has_python(const Workbench& bench) {
  if (bench.ff({"report", "--help"}).exit_code == 0) return true;
  WARN("left out: no Python 3.10 or newer for ff report");
  return false;
}

Ended report(const Workbench& bench, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "report");
  return bench.ff(arguments);
}

}  // namespace

TEST_CASE("Without Python, ff plot and ff report say what to install", "[e2e]") {
  const Workbench bench;
  fs::create_directories(bench / "bin/python/forward_forward");
  bench.write("bin/python/forward_forward/__main__.py", std::string());
  fs::copy_file(program_path(), bench / "bin/ff");  // beside no .venv
  for (const std::string command : {"plot", "report"}) {
    Process process((bench / "bin/ff").string(),
                    {command, "runs"},
                    {.environment = {{"PATH", "/nowhere"}, {"FF_PYTHON", std::nullopt}}});
    const auto ended = process.wait();
    CHECK(ended.exit_code == 1);
    CHECK_THAT(ended.err,
               ContainsSubstring("ff: ff " + command + " needs Python 3.10 or newer; install it"));
    const auto named = bench.ff({command, "runs"}, {.environment = {{"FF_PYTHON", "/no/python"}}});
    CHECK(named.exit_code == 1);
    CHECK_THAT(named.err, ContainsSubstring("ff: FF_PYTHON /no/python: is no executable file"));
  }
}

TEST_CASE("A program without the Python package beside it says where it looked", "[e2e]") {
  const Workbench bench;
  fs::create_directories(bench / "bin");
  fs::copy_file(program_path(), bench / "bin/ff");
  Process process((bench / "bin/ff").string(), {"report", "runs"});
  const auto ended = process.wait();
  CHECK(ended.exit_code == 1);
  CHECK_THAT(ended.err, ContainsSubstring("the Python package forward_forward is missing in "));
  CHECK_THAT(ended.err, ContainsSubstring("share/ff/python"));
}

TEST_CASE("ff report writes a page of a run, and replaces none without --force", "[e2e]") {
  const Workbench bench;
  if (!has_python(bench)) return;
  bench.write("x.json", small_ff("x"));
  REQUIRE(bench.run({"x.json"}).exit_code == 0);
  const auto ended = report(bench, {"runs", "--out", "page.html"});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(ended.out.starts_with("wrote page.html"));
  const auto page = bench.snapshot().at("page.html");
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK_THAT(page, ContainsSubstring("Report of a run: x"));

  bench.write("page.html", std::string("mine"));
  const auto refused = report(bench, {"runs", "--out", "page.html"});
  CHECK(refused.exit_code == 1);
  CHECK(refused.err == "ff: page.html: exists; add --force to replace it\n");
  CHECK(bench.snapshot().at("page.html") == "mine");
  CHECK(report(bench, {"runs", "--out", "page.html", "--force"}).exit_code == 0);
}

TEST_CASE("ff report of unfinished runs, no epochs and NaN", "[e2e]") {
  const Workbench bench;
  if (!has_python(bench)) return;
  bench.write("x.json", small_ff("x", {{"schedule", {{"epochs", 0}}}}));
  REQUIRE(bench.run({"x.json"}).exit_code == 0);
  auto config = read_json(bench / "runs/x/seed-0/config.json");
  config["name"] = "<b>x</b>";  // no config may be called so, but a file may have been edited
  bench.write("runs/x/seed-0/config.json", config);
  bench.write("y.json", small_ff("y"));
  REQUIRE(bench.run({"y.json"}).exit_code == 0);
  fs::remove(bench / "runs/y/seed-0/DONE");
  bench.write("runs/y/seed-0/metrics.jsonl",
              std::string("{\"epoch\":1,\"train_loss\":NaN}\n{\"epoch\":2,\"train_loss\":1}\n"));
  const auto ended = report(bench, {"runs", "--out", "page.html"});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 0);
  const auto page = bench.snapshot().at("page.html");
  CHECK_THAT(page, ContainsSubstring("finished runs: 1, unfinished: 1"));
  CHECK_THAT(page, ContainsSubstring("NaN or infinite, and gaps in the curves: 1."));
  CHECK(page.find("<b>x") == std::string::npos);

  bench.write("runs/y/seed-0/metrics.jsonl", std::string("{\"epoch\":"));
  const auto broken = report(bench, {"runs", "--out", "other.html"});
  CHECK(broken.exit_code == 1);
  CHECK_THAT(broken.err, ContainsSubstring("metrics.jsonl: line 1 is not JSON"));
}

TEST_CASE("Wrong usage of ff plot and ff report ends with 2 and a hint", "[e2e]") {
  const Workbench bench;
  if (!has_python(bench)) return;
  struct Wrong {
    std::vector<std::string> arguments;
    std::string part;
  };
  const std::vector<Wrong> all = {
      {{"report"}, "ff: no runs named: give run folders or record files\n"},
      {{"report", "runs"}, "ff: --out is missing: --out report.html\n"},
      {{"report", "runs", "--out", "x.pdf"},
       "ff: --out x.pdf: allowed: a name that ends with .html"},
      {{"report", "runs", "--outt=x"}, "ff: --outt: no such option; did you mean '--out'?\n"},
      {{"plot", "runs", "--out", "x.gif"}, "ff: --out x.gif: allowed: a name that ends with .pdf"},
      {{"plot", "runs", "--out", "x.pdf", "--size", "big"},
       "ff: --size: big: expected WIDTHxHEIGHT"},
  };
  for (const auto& wrong : all) {
    const auto ended = bench.ff(wrong.arguments);
    CAPTURE(wrong.part, ended.err);
    CHECK(ended.exit_code == 2);
    CHECK_THAT(ended.err, ContainsSubstring(wrong.part));
    CHECK_THAT(ended.err, ContainsSubstring("try 'ff " + wrong.arguments.front() + " --help'\n"));
  }
  for (const std::string command : {"plot", "report"}) {
    const auto help = bench.ff({command, "--help"});
    CHECK(help.exit_code == 0);
    CHECK_THAT(help.out, ContainsSubstring("-h, --help"));
  }
}
