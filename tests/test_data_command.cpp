#include <sstream>

#include "experiments/data/command.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// Returns the line of the table that starts with this name.
std::string line_of(const std::string& table, const std::string& name) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + " ")) return line;
  }
  return "no line for " + name;
}

}  // namespace

TEST_CASE("ff data shows where each set is, its sizes and checksums", "[data]") {
  const EnvironmentVariable variable("FF_DATA", std::nullopt);
  const DataFolder root;
  write_idx_set(root / "idx", 12, 4, /*classes=*/5);
  write_idx_set(root / "mnist", 7, 3);
  std::ostringstream out;
  CHECK(list_datasets(out, root.path()) == 0);
  const auto idx = line_of(out.str(), "idx");
  CHECK_THAT(idx, ContainsSubstring("12 + 4 "));
  CHECK_THAT(idx, ContainsSubstring(" 1x4x12 "));
  CHECK_THAT(idx, ContainsSubstring(" 5 "));
  CHECK_THAT(idx, ContainsSubstring("none published"));
  CHECK_THAT(idx, ContainsSubstring((root / "idx").string()));
  CHECK_THAT(line_of(out.str(), "mnist"), ContainsSubstring("unknown: 4 of 4 files"));
  CHECK_THAT(line_of(out.str(), "synthetic"), ContainsSubstring("made by the program"));
  CHECK_THAT(out.str(), ContainsSubstring("your own data, by dataset.type:\n  idx "));
  CHECK_THAT(out.str(), ContainsSubstring("\n  npy       train_images.npy, "));
  CHECK_THAT(line_of(out.str(), "kmnist"), ContainsSubstring("to get it: ff data get kmnist"));
  CHECK_THAT(out.str(), ContainsSubstring("searched: " + root.path().string() + "\n"));
}

TEST_CASE("ff data shows a missing set's cure and a damaged set's fault", "[data]") {
  const EnvironmentVariable variable("FF_DATA", std::nullopt);
  const DataFolder root;
  write_idx_set(root / "mnist", 7, 3);
  write_bytes(root / "mnist/t10k-images-idx3-ubyte", idx_images_bytes(3).substr(0, 60));
  std::ostringstream out;
  CHECK(list_datasets(out, root.path()) == 1);
  CHECK_THAT(line_of(out.str(), "idx"), ContainsSubstring("not found; to get it: put your own"));
  CHECK_THAT(line_of(out.str(), "mnist"), ContainsSubstring("(truncated)"));
}
