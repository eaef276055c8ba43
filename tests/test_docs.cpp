// Checks the documents against the code.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <regex>
#include <set>
#include <sstream>

#include "experiments/commands/commands.h"
#include "experiments/config/config.h"
#include "experiments/files.h"
#include "experiments/learners.h"
#include "experiments/learners/idle_keys.h"
#include "experiments/sweep/sweep.h"
#include "tests/catch.h"
#include "tests/data_files.h"
#include "tests/markdown.h"
#include "tests/paths.h"

using namespace ff::experiments;
using ff::test::document;
using ff::test::documents;
using ff::test::Markdown;

namespace fs = std::filesystem;

namespace {

fs::path root() { return ff::test::source_dir(); }

// Returns the first capture group of every match, line by line.
std::vector<std::string> matches(const std::vector<std::string>& lines, const std::string& what) {
  const std::regex pattern(what);
  std::vector<std::string> found;
  for (const auto& line : lines) {
    for (std::sregex_iterator match(line.begin(), line.end(), pattern), end; match != end; ++match)
      found.push_back((*match)[1]);
  }
  return found;
}

// Returns the text between two markers, without the adjacent newlines.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto from = text.find(begin + "\n");
  const auto to = text.find("\n" + end);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  REQUIRE(from + begin.size() < to);
  return text.substr(from + begin.size() + 1, to - from - begin.size() - 1);
}

// Returns the anchor of a Markdown heading: "## Every key" -> "every-key".
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading.substr(heading.find(' ') + 1)) {
    if (c == ' ') anchor += '-';
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_')
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return anchor;
}

bool has_anchor(const fs::path& file, const std::string& anchor) {
  const Markdown parts(read_file(file));
  return std::any_of(parts.lines.begin(), parts.lines.end(), [&](const std::string& line) {
    return line.starts_with("#") && anchor_of(line) == anchor;
  });
}

// Returns the output of `ff config --format markdown`.
std::string printed_keys() {
  std::string words[] = {"ff config", "--format", "markdown"};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  std::ostringstream printed;
  auto* const screen = std::cout.rdbuf(printed.rdbuf());
  const int status = config_command(3, arguments);
  std::cout.rdbuf(screen);
  CHECK(status == 0);
  return printed.str();
}

void check_json(const std::string& code) {
  const auto json = Json::parse(code, nullptr, /*allow_exceptions=*/false);
  CHECK(json.is_object());
  if (json.contains("configs") || json.contains("parts")) {
    const ff::test::DataFolder folder;
    ff::test::write_bytes(folder / "sweep.json", code);
    CHECK_NOTHROW(load_sweep(folder / "sweep.json", {}));
    return;
  }
  // JSON with a seed is a result; without a name it is a fragment of a config.
  if (!json.contains("name") || json.contains("seed")) return;
  CHECK_NOTHROW(config_from(json, "a config in a document"));
}

}  // namespace

TEST_CASE("The table in docs/configs.md is what ff config prints", "[docs]") {
  INFO("to renew it: build/ff config --format markdown");
  const auto table =
      between(document("docs/configs.md"), "<!-- keys begin -->", "<!-- keys end -->");
  CHECK(table + "\n" == printed_keys());
}

TEST_CASE("docs/configs.md names every key without effect", "[docs]") {
  const auto text = document("docs/configs.md");
  for (const auto& kind : learner_kinds()) {
    const std::string model = kind.name;
    for (const auto* optimizer : {"adam", "sgd"}) {
      Config config;
      config.model.type = model;
      config.optimizer.type = optimizer;
      const auto from = text.find("## Keys without effect");
      for (const auto& [path, reason] : idle_keys(config)) {
        CAPTURE(model, optimizer, path, reason);
        CHECK(text.find("`" + path + "`", from) != std::string::npos);
      }
    }
  }
}

TEST_CASE("JSON in the documents is JSON, and a config there is valid", "[docs]") {
  int configs = 0;
  for (const auto& name : documents()) {
    for (const auto& code : Markdown(document(name)).code_of("json")) {
      CAPTURE(name, code);
      check_json(code);
      ++configs;
    }
  }
  CHECK(configs >= 5);
}

TEST_CASE("Every link within the project leads somewhere", "[docs]") {
  for (const auto& name : documents()) {
    const auto folder = (root() / name).parent_path();
    for (const auto& link : matches(Markdown(document(name)).lines, R"(\]\(([^)\s]+)\))")) {
      if (link.find("://") != std::string::npos) continue;
      CAPTURE(name, link);
      const auto hash = std::min(link.find('#'), link.size());
      const auto target = hash == 0 ? root() / name : folder / link.substr(0, hash);
      CHECK(fs::exists(target));
      if (hash < link.size()) CHECK(has_anchor(target, link.substr(hash + 1)));
    }
  }
}

TEST_CASE("Every file that a document names is there", "[docs]") {
  for (const auto& name : documents()) {
    const auto paths = matches(Markdown(document(name)).lines,
                               "`((?:ff|baselines|experiments|tests|configs|reference|docs|cmake|"
                               "docker|scripts|results|benchmarks)/[A-Za-z0-9_./-]*)`");
    for (const auto& path : paths) {
      if (path.find("NAME") != std::string::npos) continue;  // a placeholder
      CAPTURE(name, path);
      CHECK(fs::exists(root() / path));
    }
  }
}

TEST_CASE("configs/README.md lists every config", "[docs]") {
  const auto text = document("configs/README.md");
  for (const auto& item : fs::recursive_directory_iterator(root() / "configs")) {
    if (item.path().extension() != ".json") continue;
    const auto path = fs::relative(item.path(), root() / "configs").string();
    CAPTURE(path);
    CHECK(text.find("(" + path + ")") != std::string::npos);
  }
}

TEST_CASE("scripts/rules.csv lists every rule in configs/zoo, and its section", "[docs]") {
  std::istringstream table(document("scripts/rules.csv"));
  std::set<std::string> listed;
  std::string line;
  std::getline(table, line);  // config,family,section,...
  while (std::getline(table, line)) {
    CAPTURE(line);
    std::string config, family, page, anchor;
    std::istringstream cells(line);
    std::getline(cells, config, ',');
    std::getline(cells, family, ',');
    std::getline(cells, page, '#');
    std::getline(cells, anchor, ',');
    CHECK(has_anchor(root() / "docs/rules" / page, anchor));
    listed.insert(config);
  }
  for (const auto& item : fs::directory_iterator(root() / "configs/zoo")) {
    const auto name = item.path().stem().string();
    CAPTURE(name);
    if (!name.starts_with("sweep")) CHECK(listed.contains(name));
  }
}

TEST_CASE("Both READMEs show the same commands, code and figures", "[docs]") {
  const auto english = document("README.md");
  const auto japanese = document("README.ja.md");
  for (const auto* language : {"sh", "json", "cpp", "cmake", "text"}) {
    CAPTURE(language);
    CHECK(Markdown(english).code_of(language) == Markdown(japanese).code_of(language));
  }
  const auto numbers = [](const std::string& text, const std::string& name) {
    const auto part =
        between(text, "<!-- RESULTS:" + name + " begin -->", "<!-- RESULTS:" + name + " end -->");
    return matches({part}, R"(([0-9]*\.[0-9]+))");
  };
  for (const auto* name : {"paper-short", "speed"}) {
    CAPTURE(name);
    CHECK(numbers(english, name) == numbers(japanese, name));
  }
}
