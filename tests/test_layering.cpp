// Include dependencies against the layers in docs/architecture.md: lower folders never include
// higher ones.
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/paths.h"

namespace {

namespace fs = std::filesystem;
using ff::experiments::read_file;

const fs::path kRoot = ff::test::source_dir();

// Returns the folders of the first table, lowest first: "ff/math", ..., "tests".
std::vector<std::string> folders_in_order() {
  std::vector<std::string> folders;
  std::istringstream lines(read_file(kRoot / "docs/architecture.md"));
  const std::regex row("\\| `([a-z_/]+)/` \\|.*");
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, row)) {
      folders.push_back(match[1]);
    } else if (!folders.empty()) {
      break;
    }
  }
  return folders;
}

// Returns the index of the folder that contains a path; -1 if none does.
int place_of(const std::string& path, const std::vector<std::string>& folders) {
  for (std::size_t i = 0; i < folders.size(); ++i) {
    if (path.starts_with(folders[i] + "/")) return static_cast<int>(i);
  }
  return -1;
}

bool is_source(const fs::path& path) {
  const auto kind = path.extension();
  return kind == ".h" || kind == ".cpp" || kind == ".cu";
}

std::vector<std::string> sources() {
  std::vector<std::string> paths;
  for (const auto* top : {"ff", "baselines", "experiments"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
      if (is_source(entry.path())) paths.push_back(entry.path().lexically_relative(kRoot).string());
    }
  }
  return paths;
}

const std::regex kOwnInclude("#include \"([^\"]+)\".*");
const std::regex kSystemInclude("#include <([^>]+)>.*");

// Returns the includes of a file: the project's own headers, or all others.
std::vector<std::string> includes_of(const std::string& path,
                                     const std::regex& include = kOwnInclude) {
  std::vector<std::string> found;
  std::istringstream lines(read_file(kRoot / path));
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, include)) found.push_back(match[1]);
  }
  return found;
}

// Finds the LibTorch headers that a header reaches through the project's own headers, each with its
// include chain.
void find_torch(const std::string& path,
                const std::string& way,
                std::set<std::string>& seen,
                std::vector<std::string>& found) {
  if (!seen.insert(path).second) return;
  for (const auto& include : includes_of(path, kSystemInclude)) {
    const bool torch = include.starts_with("torch/") || include.starts_with("ATen/") ||
                       include.starts_with("c10/");
    if (torch) found.push_back(way + path + " includes <" + include + ">");
  }
  for (const auto& include : includes_of(path))
    find_torch(include, way + path + " > ", seen, found);
}

}  // namespace

TEST_CASE("No folder includes one that stands above it in docs/architecture.md", "[layering]") {
  const auto folders = folders_in_order();
  REQUIRE(folders.size() > 8);
  for (const auto& path : sources()) {
    const auto place = place_of(path, folders);
    INFO(path << " lies in a folder that docs/architecture.md lists");
    CHECK(place >= 0);
    for (const auto& include : includes_of(path)) {
      INFO(path << " includes " << include << ", which must not stand above it");
      CHECK(place_of(include, folders) <= place);
      CHECK(place_of(include, folders) >= 0);
    }
  }
}

TEST_CASE("baselines know nothing of Forward-Forward, closed forms nothing of LibTorch",
          "[layering]") {
  for (const auto& path : sources()) {
    const bool baseline = path.starts_with("baselines/");
    for (const auto& include : includes_of(path)) {
      INFO(path << " includes " << include);
      if (baseline) CHECK_FALSE(include.starts_with("ff/forward_forward/"));
    }
    if (!path.starts_with("ff/math/")) continue;
    INFO(path);
    CHECK_FALSE(
        std::regex_search(read_file(kRoot / path), std::regex("#include <(torch|ATen|c10)")));
  }
}

// Code that needs only a config must compile without LibTorch.
TEST_CASE("Headers of options reach nothing of LibTorch", "[layering]") {
  std::vector<std::string> headers = {"experiments/config/config.h",
                                      "experiments/sweep/sweep_options.h"};
  for (const auto& path : sources()) {
    if (path.ends_with("options.h")) headers.push_back(path);
  }
  REQUIRE(headers.size() > 20);
  for (const auto& path : headers) {
    if (path == "experiments/commands/command_line.h")
      continue;  // options of commands, not of configs
    std::set<std::string> seen;
    std::vector<std::string> found;
    find_torch(path, "", seen, found);
    CHECK(found == std::vector<std::string>{});
  }
}

// File names should be distinct in an editor's tabs: a name may recur only for the same concept in
// several folders, or if it is part of the folder's name.
TEST_CASE("File names are told apart, but for the same thing in several places", "[layering]") {
  const std::map<std::string, std::string> several = {
      {"activation", "of tensors, and in closed form"},
      {"loss", "of tensors, and in closed form"},
      {"normalize", "of tensors, and in closed form"},
      {"relu", "the loss; there is no other file of activations"},
      {"label_sweep", "of the engines for a CPU and a GPU"},
      {"stage", "a run of blocks of one engine: what it offers, and in closed form"},
      {"goodness_engine", "of the engines for a CPU and a GPU"},
      {"goodness_rows", "work on rows, of the engine for a CPU and as a kernel"},
      {"training", "an engine behind the learner: what it offers, on a CPU, on a GPU"},
      {"mlp_engine", "on a CPU and on a GPU"},
      {"rows", "kernels on rows, for a CPU and for a GPU"},
      {"update", "the optimizer's step: closed form, kernels for a CPU and for a GPU"},
      {"head", "of a network, and its step on a GPU"},
  };
  std::map<std::string, std::set<std::string>> places;
  for (const auto& path : sources()) {
    const fs::path file = path;
    if (path.starts_with("experiments/")) continue;  // its folders separate the subjects
    places[file.stem().string()].insert(file.parent_path().string());
  }
  for (const auto& [name, folders] : places) {
    if (folders.size() == 1) continue;
    std::string where;
    for (const auto& folder : folders) where += folder + " ";
    INFO(name << " stands in " << where);
    CHECK(several.contains(name));
  }
}
