// Runs the commands and configs of README.md and docs/ in shortened form: configs must reach a test
// accuracy, and commands must succeed.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "experiments/data/load.h"
#include "experiments/data/registry.h"
#include "experiments/files.h"
#include "experiments/sweep/sweep.h"
#include "tests/catch.h"
#include "tests/data_arrays.h"
#include "tests/e2e_workbench.h"
#include "tests/markdown.h"
#include "tests/paths.h"

using namespace ff::experiments;
using namespace ff::test;

namespace fs = std::filesystem;

namespace {

// Minimum test accuracy of each documented config, trained on the first 6,000 images of MNIST or
// Fashion-MNIST for at most five epochs.
struct Expected {
  double mnist, fashion;
};
const std::map<std::string, Expected> kExpected = {
    {"tanh_parallel", {0.5, 0.5}},
    {"small_cnn", {0.8, 0.6}},
    {"minssq_relu_parallel", {0.6, 0.45}},
    {"sum_of_squares", {0.4, 0.35}},
    {"bp_momentum", {0.85, 0.7}},
    {"my_images", {0.5, 0.5}},
};

std::vector<std::string> pages() {
  auto names = documents();
  std::erase_if(names, [](const std::string& name) {
    return name != "README.md" && !name.starts_with("docs/");
  });
  std::sort(names.begin(), names.end());
  return names;
}

// A data set installed on this machine.
struct Found {
  std::string name, folder;
  ff::DataSplit split;  // its first images
};

const std::optional<Found>& found() {
  static const auto any = []() -> std::optional<Found> {
    for (const std::string name : {"mnist", "fashion-mnist"}) {
      try {
        const auto data =
            load_dataset({.name = name, .train_limit = 6000, .test_limit = 1000}, std::nullopt);
        return Found{name, data.folder, data.split};
      } catch (const std::runtime_error&) {
      }
    }
    WARN("neither MNIST nor Fashion-MNIST is found: what needs them is left out");
    return std::nullopt;
  }();
  return any;
}

// Returns the configs of a document; sweeps are covered by their commands.
std::map<std::string, Json> configs_in(const std::string& page) {
  std::map<std::string, Json> configs;
  for (const auto& code : Markdown(document(page)).code_of("json")) {
    const auto json = Json::parse(code);
    const bool is_config = json.contains("name") && !json.contains("seed");
    if (is_config) configs[json["name"].get<std::string>()] = json;
  }
  return configs;
}

// Writes the four arrays of dataset.type npy.
void write_npy(const fs::path& folder, const ff::DataSplit& split) {
  const auto write = [&](const std::string& name, const at::Tensor& values) {
    write_bytes(folder / (name + ".npy"), npy_bytes(values));
  };
  write("train_images", split.train.images);
  write("train_labels", split.train.labels);
  write("test_images", split.test.images);
  write("test_labels", split.test.labels);
}

std::vector<std::string> with_sets(std::vector<std::string> arguments, const Json& sets) {
  for (const auto& [key, value] : sets.items()) {
    arguments.insert(arguments.end(), {"--set", key + "=" + value.dump()});
  }
  return arguments;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Splits a command line into words as a shell does.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  bool quoted = false, open = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      open = false;
    } else {
      if (!open) words.emplace_back();
      open = true;
      words.back() += c;
    }
  }
  return words;
}

std::vector<std::string> commands_in(const std::string& page) {
  std::vector<std::string> lines;
  for (const auto& code : Markdown(document(page)).code_of("sh")) {
    std::istringstream stream(code);
    bool goes_on = false;
    for (std::string line; std::getline(stream, line);) {
      const bool more = line.ends_with("\\");
      if (more) line.pop_back();
      goes_on ? void(lines.back() += line) : lines.push_back(line);
      goes_on = more;
    }
  }
  return lines;
}

// Runs the commands of a page in order, in one folder.
class Reader {
 public:
  explicit Reader(const std::string& page) {
    for (const auto* folder : {"configs", "results"}) {
      fs::create_directory_symlink(fs::path(source_dir()) / folder, bench_ / folder);
    }
    const auto text = document(page);
    const auto has = [&](const char* part) { return text.find(part) != std::string::npos; };
    if (has("runs/quickstart") && !has("run configs/quickstart.json"))
      follow("build/ff run configs/quickstart.json");
    for (const auto& code : Markdown(document(page)).code_of("json")) {
      const auto json = Json::parse(code);
      if (json.contains("name")) bench_.write(json["name"].get<std::string>() + ".json", json);
      if (json.contains("name") && !fs::exists(bench_ / "my.json")) bench_.write("my.json", json);
    }
  }

  void follow(const std::string& line) {
    CAPTURE(line);
    const auto words = words_of(line);
    REQUIRE_FALSE(words.empty());
    if (words[0] == "build/ff") return follow_ff({words.begin() + 1, words.end()});
    const auto root = fs::path(source_dir());
    if (words[0] == "make") {
      CHECK(read_file(root / "Makefile").find("\n" + words.at(1) + ":") != std::string::npos);
      return;
    }
    if (words[0] == "pip") {
      CHECK(fs::exists(root / words.at(2) / "pyproject.toml"));
      return;
    }
    // The Python scripts have separate tests; check only that the script exists.
    const auto script = words[0] == ".venv/bin/python" ? words.at(1) : words[0];
    CHECK(script.ends_with(".py"));
    CHECK(fs::exists(root / script));
  }

 private:
  void follow_ff(std::vector<std::string> arguments) {
    const auto command = arguments.at(0);
    if (command == "data" && arguments.size() > 1) {  // would download
      CHECK_FALSE(dataset_named(arguments.at(2)).url.empty());
      return;
    }
    const bool own_sweep = command == "sweep" && arguments.at(1).starts_with("configs/");
    if (own_sweep) planned_.insert("runs/" + load_sweep(bench_ / arguments[1], {}).name);
    // Sweeps of the project are only planned: there are no runs to pack.
    if (command == "records" && planned_.contains(arguments.at(2))) return;
    // The data set of a sweep may not be installed.
    if (own_sweep && read_file(bench_ / arguments[1]).find("dataset.name") != std::string::npos)
      return;
    const bool trains = command == "run" || command == "sweep";
    if (trains) shorten(arguments);
    // compares with a run of the Python reference
    if (command == "compare" && !fs::exists(bench_ / arguments.at(2))) return;
    ProcessOptions options;
    options.environment["FF_DATA"] = found()->folder;
    const auto ended = bench_.ff(arguments, options);
    INFO(ended.err);
    CHECK(ended.exit_code == 0);
    if (command != "records") CHECK_FALSE(ended.out.empty());  // writes a file
    const bool planned = contains(arguments, "--dry-run");
    if (command == "run" && !planned) CHECK_THAT(ended.out, ContainsSubstring("test accuracy"));
    if (command == "sweep" && planned) CHECK_THAT(ended.out, ContainsSubstring(" of them done"));
  }

  // Limits runs to a few steps on a few images, and sweeps of the project to --dry-run.
  static void shorten(std::vector<std::string>& arguments) {
    const auto has = [&](const std::string& word) { return contains(arguments, word); };
    std::replace(arguments.begin(), arguments.end(), std::string("cuda"), std::string("cpu"));
    Json sets = {{"dataset.train_limit", 150},
                 {"dataset.test_limit", 50},
                 {"dataset.validation.count", 50},
                 {"schedule.max_steps", 4}};
    if (!has("dataset.name=synthetic")) sets["dataset.name"] = found()->name;
    arguments = with_sets(arguments, sets);
    if (!has("--threads")) arguments.insert(arguments.end(), {"--threads", "1"});
    const bool long_one = arguments[0] == "sweep" && arguments.at(1).starts_with("configs/");
    if (long_one && !has("--dry-run")) arguments.emplace_back("--dry-run");
  }

  Workbench bench_;
  std::set<std::string> planned_;  // run folders of sweeps
};

}  // namespace

TEST_CASE("Every config in README and docs learns", "[e2e][documents]") {
  if (!found()) return;
  for (const auto& page : pages()) {
    for (auto [name, json] : configs_in(page)) {
      CAPTURE(page, name);
      if (json.contains("configs")) continue;  // a sweep
      REQUIRE(kExpected.contains(name));
      const Workbench bench;
      bench.write("x.json", json);
      const bool own = json["dataset"].contains("root");
      if (own) write_npy(bench / json["dataset"]["root"].get<std::string>(), found()->split);
      Json sets = {{"dataset.train_limit", 6000}, {"dataset.test_limit", 1000}, {"seeds", {0}}};
      if (!own) sets["dataset.name"] = found()->name;
      if (json["dataset"].contains("validation")) sets["dataset.validation.count"] = 500;
      if (json.contains("schedule")) {
        sets["schedule.epochs"] = std::min<std::int64_t>(5, json["schedule"].value("epochs", 3));
      }
      ProcessOptions options;
      if (!own) options.environment["FF_DATA"] = found()->folder;
      const auto ended = bench.ff(with_sets({"run", "x.json", "--threads", "1"}, sets), options);
      INFO(ended.err);
      REQUIRE(ended.exit_code == 0);
      const auto run = bench / ("runs/" + name + "/seed-0");
      const auto result = read_json(run / "result.json");
      const auto& expected = kExpected.at(name);
      const auto accuracy = result["test_accuracy"].get<double>();
      CAPTURE(accuracy);
      CHECK(accuracy >= (found()->name == "mnist" ? expected.mnist : expected.fashion));
      CHECK_FALSE(result.contains("warnings"));
      CHECK_FALSE(read_json(run / "environment.json").contains("warnings"));
    }
  }
}

TEST_CASE("Every command in README and docs ends well", "[e2e][documents]") {
  if (!found()) return;
  std::size_t count = 0;
  for (const auto& page : pages()) {
    CAPTURE(page);
    const auto commands = commands_in(page);
    if (commands.empty()) continue;
    Reader reader(page);
    for (const auto& line : commands) reader.follow(line);
    count += commands.size();
  }
  CHECK(count > 30);
}
