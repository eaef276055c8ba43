// Checks of all configs of the project.
#include <filesystem>
#include <set>

#include "experiments/config/config.h"
#include "experiments/sweep/sweep.h"
#include "tests/catch.h"
#include "tests/paths.h"

using namespace ff::experiments;

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> config_files() {
  std::vector<fs::path> files;
  for (const auto& item : fs::recursive_directory_iterator(ff::test::source_dir() + "/configs")) {
    if (item.path().extension() == ".json") files.push_back(item.path());
  }
  return files;
}

bool is_sweep(const fs::path& file) { return file.filename().string().starts_with("sweep_"); }

// Returns the expected name: configs/talk/mnist_bp.json -> talk_mnist_bp.
std::string expected_name(const fs::path& file) {
  auto name = fs::relative(file, ff::test::source_dir() + "/configs").replace_extension().string();
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

}  // namespace

TEST_CASE("Every config is valid and named after its file", "[config]") {
  std::set<std::string> names;
  for (const auto& file : config_files()) {
    CAPTURE(file.string());
    if (is_sweep(file)) {
      const auto sweep = ff::experiments::load_sweep(file, {});
      CHECK(sweep.name == expected_name(file));
      CHECK(sweep.points.size() > 1);
      continue;
    }
    Config config;
    CHECK_NOTHROW(config = load_config(file, {}));
    CHECK(config.name == expected_name(file));
    CHECK(names.insert(config.name).second);
    const auto json = resolved(config);
    CHECK(resolved(config_from(json, "")) == json);
    const auto shortest = minimal(config);
    CHECK(resolved(config_from(Json::parse(shortest.dump()), "")) == json);
    CHECK(minimal(config_from(shortest, "")) == shortest);
    CHECK(shortest.dump().size() < json.dump().size());
  }
  CHECK(names.size() >= 19);
}

TEST_CASE("Configs that claim parity name the engine and the order", "[config]") {
  for (const auto& file : config_files()) {
    if (file.parent_path().filename() != "talk" && file.parent_path().filename() != "notebook") {
      continue;
    }
    CAPTURE(file.string());
    CHECK(load_config(file, {}).engine == "autograd");
  }
}
