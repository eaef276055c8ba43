// Command line: usage errors, help, and purely informative commands.
#include <sstream>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace {

struct WrongUsage {
  std::vector<std::string> arguments;
  std::vector<std::string> parts;  // substrings of the message
};

const std::vector<WrongUsage> kWrong = {
    {{"walk"}, {"ff: unknown command 'walk'\n", "try 'ff --help'"}},
    {{"rnu"}, {"ff: unknown command 'rnu'; did you mean 'run'?"}},
    {{"run"}, {"ff: no config named\n"}},
    {{"run", "x.json", "--fast"},
     {"ff: --fast: no such option; a key of the config is changed by --set KEY=VALUE\n",
      "try 'ff run --help'"}},
    {{"run", "x.json", "--thread=2"}, {"--thread: no such option; did you mean '--threads'?"}},
    {{"table", ".", "--sorted"}, {"ff: --sorted: no such option\n"}},
    {{"run", "x.json", "--set"}, {"set", "missing an argument"}},
    {{"run", "x.json", "--threads", "two"}, {"--threads two: expected a number\n"}},
    {{"run", "x.json", "--threads", "-1"}, {"--threads -1: allowed: 0 to 4096"}},
    {{"run", "x.json", "--seeds", "one"},
     {"--seeds one: expected whole numbers of at least 0, such as 0 or 0,1,2\n"}},
    {{"sweep", "s.json", "--seeds", "-1"}, {"--seeds -1: expected whole numbers of at least 0"}},
    {{"run", "x.json", "--device", "gpu"},
     {"--device gpu: allowed: auto, cpu, cuda, cuda:N, emulated\n"}},
    {{"bench", "memory", "--optimizer", "lion"}, {"--optimizer lion: allowed: adam, sgd\n"}},
    {{"run", "x.json", "--device", "cuda:x"}, {"--device cuda:x: allowed: auto, cpu, cuda, "}},
    {{"sweep"}, {"expected one sweep file, got 0"}},
    {{"sweep", "a.json", "b.json"}, {"expected one sweep file, got 2"}},
    {{"table"}, {"no folder named: ff table DIR... [--format NAME]"}},
    {{"table", ".", "--format", "html"}, {"--format html: allowed: markdown, latex, csv, json"}},
    {{"compare", "."}, {"expected two run folders, got 1: ff compare DIR_A DIR_B"}},
    {{"evaluate"}, {"expected one run folder"}},
    {{"evaluate", ".", "--prune", "most"}, {"--prune: expected ratios such as 0.5,0.9"}},
    {{"data", "fetch", "mnist"}, {"expected 'ff data' or 'ff data get NAME'"}},
    {{"config", "seeds"}, {"'seeds': ff config takes no keys; a config is named by --minimal"}},
    {{"config", "--format", "yaml"}, {"--format yaml: allowed: text, markdown, schema"}},
};

}  // namespace

TEST_CASE("Wrong usage ends with 2 and a hint", "[e2e]") {
  const Workbench bench;
  for (const auto& wrong : kWrong) {
    const auto ended = bench.ff(wrong.arguments);
    INFO(ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.empty());
    for (const auto& part : wrong.parts) CHECK_THAT(ended.err, ContainsSubstring(part));
    CHECK_THAT(ended.err, ContainsSubstring("--help'\n"));
  }
  CHECK(bench.snapshot().empty());
}

TEST_CASE("Help is a result, not an error", "[e2e]") {
  const Workbench bench;
  const auto all = bench.ff({"--help"});
  CHECK(all.exit_code == 0);
  CHECK(all.err.empty());
  CHECK(bench.ff({}).out == all.out);
  for (const auto* command :
       {"run", "sweep", "table", "compare", "evaluate", "data", "export", "config"}) {
    CHECK_THAT(all.out, ContainsSubstring(std::string("\n  ff ") + command + " "));
    const auto one = bench.ff({command, "--help"});
    CHECK(one.exit_code == 0);
    CHECK_THAT(one.out, ContainsSubstring(std::string("ff ") + command));
    CHECK_THAT(one.out, ContainsSubstring("-h, --help"));
  }
  const auto run = bench.ff({"run", "-h"}).out;
  for (const auto* option : {"--set",
                             "--seeds",
                             "--device",
                             "--threads",
                             "--out",
                             "--data-root",
                             "--resume",
                             "--dry-run",
                             "--quiet"}) {
    CHECK_THAT(run, ContainsSubstring(option));
  }
}

TEST_CASE("--version says what the program is built with", "[e2e]") {
  const auto ended = Workbench().ff({"--version"});
  CHECK(ended.exit_code == 0);
  CHECK(ended.out.starts_with("ff "));
  for (const auto* part : {"(commit ", "LibTorch ", "CPU"}) {
    CHECK_THAT(ended.out, ContainsSubstring(part));
  }
}

TEST_CASE("A --set of another form is wrong usage", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  bench.write("s.json", Json{{"name", "s"}, {"configs", {"x.json"}}});
  for (const std::string form : {"batch_size", "batch_size.=3", ".a=1", "a..b=1", "=1"}) {
    for (const auto& command :
         std::vector<std::vector<std::string>>{{"run", "x.json"},
                                               {"sweep", "s.json"},
                                               {"config", "--minimal", "x.json"},
                                               {"samples", "x.json"},
                                               {"bench", "memory", "x.json"}}) {
      auto arguments = command;
      arguments.insert(arguments.end(), {"--set", form});
      const auto ended = bench.ff(arguments);
      CAPTURE(command[0], ended.err);
      CHECK(ended.exit_code == 2);
      CHECK_THAT(ended.err, ContainsSubstring("ff: --set " + form + ": expected a.b=VALUE"));
    }
  }
}

TEST_CASE("ff config --minimal prints a config without what it need not say", "[e2e]") {
  const Workbench bench;
  const Json config = {{"comment", "mine"},
                       {"name", "x"},
                       {"dataset", {{"name", "synthetic"}}},
                       {"model", {{"type", "bp"}, {"widths", {8, 4}}}}};
  bench.write("x.json", config);
  const auto complete = bench.run({"x.json", "--dry-run"});
  REQUIRE(complete.exit_code == 0);
  CHECK_FALSE(Json::parse(complete.out).contains("comment"));
  CHECK(Json::parse(bench.ff({"config", "--minimal", "x.json"}).out) == config);
  REQUIRE(bench.run({"x.json"}).exit_code == 0);
  const auto of_run = bench.ff({"config", "--minimal", "runs/x/seed-0", "--set", "batch_size=3"});
  auto expected = config;
  expected.erase("comment");
  expected["batch_size"] = 3;
  CHECK(Json::parse(of_run.out) == expected);
  bench.write("minimal.json", of_run.out);
  bench.write("complete.json", complete.out);
  CHECK(bench.run({"minimal.json", "--dry-run", "--set", "name=y"}).out ==
        bench.run({"complete.json", "--dry-run", "--set", "name=y", "--set", "batch_size=3"}).out);
  CHECK(bench.ff({"config", "--minimal", "no.json"}).exit_code == 1);
  CHECK(bench.ff({"config", "--set", "a=1"}).exit_code == 2);
  CHECK(bench.ff({"config", "--minimal", "x.json", "--format", "text"}).exit_code == 2);
  CHECK_THAT(bench.ff({"config", "batch_size"}).err, ContainsSubstring("--minimal CONFIG"));
}

TEST_CASE("ff config prints every key as text, Markdown or schema", "[e2e]") {
  const Workbench bench;
  const auto text = bench.ff({"config"}).out;
  CHECK_THAT(text, ContainsSubstring("optimizer.learning_rate = 0.1\n    Learning rate; "));
  CHECK_THAT(text, ContainsSubstring("    allowed: a number above 0\n"));
  const auto markdown = bench.ff({"config", "--format", "markdown"}).out;
  CHECK_THAT(markdown,
             ContainsSubstring("| `loss.type` | `\"softplus\"` | softplus, relu, symba | "));
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    CHECK(std::count(line.begin(), line.end(), '|') == 5);
  }
  const auto schema = Json::parse(bench.ff({"config", "--format", "schema"}).out);
  CHECK(schema["properties"]["optimizer"]["properties"]["learning_rate"]["exclusiveMinimum"] == 0);
}

TEST_CASE("ff data lists what is found where", "[e2e]") {
  const Workbench bench;
  write_idx_set(bench / "own/idx", 20, 5);
  const auto ended = bench.ff({"data", "--data-root", "own"});
  CHECK(ended.exit_code == 0);
  for (const auto* part : {"made by the program", "20 + 5", "own/idx", "searched: own\n"}) {
    CHECK_THAT(ended.out, ContainsSubstring(part));
  }
  const auto unknown = bench.ff({"data", "get", "imagenet"});
  CHECK(unknown.exit_code == 1);
  CHECK_THAT(unknown.err, ContainsSubstring("unknown data set 'imagenet'; allowed: mnist, "));
  const auto own = bench.ff({"data", "get", "idx"});
  CHECK(own.exit_code == 1);
  CHECK_THAT(own.err, ContainsSubstring("ff data get idx: it has no public home"));
}
