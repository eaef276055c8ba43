#include "experiments/data/find.h"
#include "experiments/data/read.h"
#include "experiments/data/registry.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

TEST_CASE("Roots are searched in the documented order", "[data]") {
  const EnvironmentVariable variable("FF_DATA", "/from/variable");
  const std::vector<std::filesystem::path> expected = {
      "/given", "/config", "/from/variable", "data", "/usr/share/datasets"};
  CHECK(search_roots({"/given", "/config"}) == expected);
  CHECK(search_roots({std::nullopt, "/config"}).front() == "/config");
  const EnvironmentVariable none("FF_DATA", std::nullopt);
  CHECK(search_roots({std::nullopt}).size() == 2);
}

TEST_CASE("A data set is found in each layout, the first root first", "[data]") {
  const DataFolder root, second;
  const auto& set = dataset_named("fashion-mnist");
  const auto folder_found = [&] { return find_dataset(set, {root.path(), second.path()})->folder; };
  CHECK_FALSE(find_dataset(set, {root.path(), second.path()}));
  write_idx_set(second / "fashion-mnist", 3, 2);
  CHECK(folder_found() == second / "fashion-mnist");
  write_idx_set(root.path(), 3, 2);  // the root is itself the data set
  CHECK(folder_found() == root.path());
  write_idx_set(root / "FashionMNIST/raw", 3, 2);  // torchvision's
  CHECK(folder_found() == root / "FashionMNIST/raw");
  write_idx_set(root / "fashion-mnist", 3, 2, /*classes=*/3, /*packed=*/true);
  CHECK(folder_found() == root / "fashion-mnist");
}

TEST_CASE("torchvision's folder of MNIST is found", "[data]") {
  const DataFolder root;
  write_idx_set(root / "MNIST/raw", 3, 2);
  CHECK(find_dataset(dataset_named("mnist"), {root.path()})->folder == root / "MNIST/raw");
}

TEST_CASE("A plain file wins over a packed one, and a dotted name is read too", "[data]") {
  const DataFolder folder;
  const std::string name = "train-images-idx3-ubyte";
  CHECK_FALSE(find_file(folder.path(), name));
  write_bytes(folder / "train-images.idx3-ubyte.gz", "x");
  CHECK(find_file(folder.path(), name) == folder / "train-images.idx3-ubyte.gz");
  write_bytes(folder / (name + ".gz"), "x");
  CHECK(find_file(folder.path(), name) == folder / (name + ".gz"));
  write_bytes(folder / name, "x");
  CHECK(find_file(folder.path(), name) == folder / name);
}

TEST_CASE("A missing data set names every place tried and how to get it", "[data]") {
  const DataFolder root, partial;
  write_idx_set(partial / "mnist", 3, 2);
  std::filesystem::remove(partial / "mnist/t10k-labels-idx1-ubyte");
  const auto message = message_of([&] {
    read_dataset(dataset_named("mnist"), {root.path(), partial.path(), root / "none"});
  });
  CHECK_THAT(message, ContainsSubstring("data set mnist not found; tried "));
  for (const auto* folder : {"mnist", "MNIST/raw", "MNIST"}) {
    CHECK_THAT(message, ContainsSubstring((root / folder).string() + ", "));
  }
  CHECK_THAT(message, ContainsSubstring((root / "none").string() + " (no such folder)"));
  CHECK_THAT(message,
             ContainsSubstring((partial / "mnist").string() + " lacks t10k-labels-idx1-ubyte;"));
  CHECK_THAT(message, ContainsSubstring("to get it: ff data get mnist"));
  CHECK(message.find('\n') == std::string::npos);
}
