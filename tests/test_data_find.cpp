#include <unistd.h>

#include "experiments/data/find.h"
#include "experiments/data/read.h"
#include "experiments/data/registry.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

std::vector<std::string> places_of(const std::vector<Root>& roots) {
  std::vector<std::string> places;
  for (const auto& root : roots) places.push_back(root.named_by + " " + root.path.string());
  return places;
}

// Root ignores folder permissions: switches to an unprivileged user during its lifetime.
class WithoutPrivileges {
 public:
  WithoutPrivileges() {
    if (geteuid() == 0) REQUIRE(seteuid(65534) == 0);
  }
  ~WithoutPrivileges() {
    if (getuid() == 0) CHECK(seteuid(0) == 0);
  }
};

void write_emnist(const std::filesystem::path& folder, const std::string& prefix) {
  write_bytes(folder / (prefix + "train-images-idx3-ubyte"), idx_images_bytes(3));
  write_bytes(folder / (prefix + "train-labels-idx1-ubyte"), idx_labels_bytes({0, 1, 2}));
  write_bytes(folder / (prefix + "test-images-idx3-ubyte.gz"), gzipped(idx_images_bytes(2)));
  write_bytes(folder / (prefix + "test-labels-idx1-ubyte"), idx_labels_bytes({0, 1}));
}

}  // namespace

TEST_CASE("A root that is named is the only one; else the documented ones, in order", "[data]") {
  using Places = std::vector<std::string>;
  const EnvironmentVariable variable("FF_DATA", "/from/variable");
  CHECK(places_of(search_roots("/given", "/config")) == Places{"--data-root /given"});
  CHECK(places_of(search_roots(std::nullopt, "/config")) == Places{"dataset.root /config"});
  CHECK(places_of(search_roots(std::nullopt)) ==
        Places{"FF_DATA /from/variable", " data", " /usr/share/datasets"});
  const EnvironmentVariable none("FF_DATA", std::nullopt);
  CHECK(places_of(search_roots(std::nullopt)) == Places{" data", " /usr/share/datasets"});
}

TEST_CASE("Other data than FF_DATA's are the set's own folder, and said", "[data]") {
  const DataFolder variable, other;
  const auto& set = dataset_named("mnist");
  const std::vector<Root> roots = {Root(variable.path(), "FF_DATA"), Root(other.path())};
  write_idx_set(other.path(), 3, 2);  // nothing identifies which data set this is
  CHECK_FALSE(find_dataset(set, roots));
  write_idx_set(other / "mnist", 3, 2);
  const auto found = find_dataset(set, roots);
  REQUIRE(found);
  CHECK(found->folder == other / "mnist");
  REQUIRE(found->notes.size() == 1);
  CHECK(found->notes[0] == "data set mnist: FF_DATA (" + variable.path().string() +
                               ") does not contain it; read from " + (other / "mnist").string() +
                               " instead");
  write_idx_set(variable / "mnist", 3, 2);
  CHECK(find_dataset(set, roots)->folder == variable / "mnist");
  CHECK(find_dataset(set, roots)->notes.empty());
}

TEST_CASE("A folder without permission is said to be that", "[data]") {
  const DataFolder root;
  write_idx_set(root / "closed/mnist", 3, 2);
  std::filesystem::permissions(root / "closed", std::filesystem::perms::none);
  const auto& set = dataset_named("mnist");
  const auto closed = (root / "closed").string();
  write_idx_set(root.path(), 3, 2);  // in the root, not in the folder of the data set
  std::filesystem::create_directories(root / "MNIST");
  std::filesystem::permissions(root / "MNIST", std::filesystem::perms::none);
  std::vector<std::string> notes;
  std::string as_root, as_variable, as_place;
  {
    const WithoutPrivileges here;
    if (const auto found = find_dataset(set, {root.path()})) notes = found->notes;
    as_root = message_of([&] { read_dataset(set, {Root(root / "closed", "--data-root")}); });
    as_variable = message_of([&] { read_dataset(set, {Root(root / "closed", "FF_DATA")}); });
    as_place = message_of([&] { read_dataset(set, {Root(root / "closed/mnist")}); });
  }
  std::filesystem::permissions(root / "closed", std::filesystem::perms::owner_all);
  std::filesystem::permissions(root / "MNIST", std::filesystem::perms::owner_all);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0] == (root / "MNIST/raw").string() +
                        ": permission denied; data set mnist is read "
                        "from " +
                        root.path().string() + " instead");
  CHECK_THAT(as_root, ContainsSubstring("--data-root " + closed + " (permission denied)"));
  CHECK_THAT(as_variable, ContainsSubstring("FF_DATA " + closed + " (permission denied)"));
  CHECK_THAT(as_place, ContainsSubstring("closed/mnist (permission denied)"));
}

TEST_CASE("A user's files may have a prefix, which a root may end in", "[data]") {
  const DataFolder root;
  const auto& set = dataset_named("idx");
  write_emnist(root.path(), "emnist-letters-");
  auto found = find_dataset(set, {root.path()});
  REQUIRE(found);
  CHECK(found->files[2] == root / "emnist-letters-test-images-idx3-ubyte.gz");
  CHECK_THAT(found->notes.at(0), ContainsSubstring("is read from the files emnist-letters-..."));

  write_emnist(root.path(), "emnist-byclass-");
  write_bytes(root / "half-train-images-idx3-ubyte", idx_images_bytes(3));  // incomplete
  CHECK_THAT(message_of([&] { find_dataset(set, {root.path()}); }),
             ContainsSubstring("contains files of several data sets: emnist-byclass-, "
                               "emnist-letters-; append one to the folder, such as --data-root " +
                               (root / "emnist-byclass-").string()));
  for (const auto* end : {"emnist-letters", "emnist-letters-", "emnist-l"}) {
    found = find_dataset(set, {Root(root / end, "--data-root")});
    REQUIRE(found);
    CHECK(found->files[0] == root / "emnist-letters-train-images-idx3-ubyte");
  }
  CHECK_FALSE(find_dataset(set, {Root(root / "emnist-digits", "--data-root")}));
  CHECK_FALSE(find_dataset(dataset_named("mnist"), {root.path()}));
  write_idx_set(root.path(), 3, 2);  // without a prefix, hence unambiguous
  CHECK(find_dataset(set, {root.path()})->notes.empty());
}

TEST_CASE("A data set is found in each layout, the first root first", "[data]") {
  const DataFolder root, second;
  const auto& set = dataset_named("fashion-mnist");
  const auto folder_found = [&] { return find_dataset(set, {root.path(), second.path()})->folder; };
  CHECK_FALSE(find_dataset(set, {root.path(), second.path()}));
  write_idx_set(second / "fashion-mnist", 3, 2);
  CHECK(folder_found() == second / "fashion-mnist");
  write_idx_set(root.path(), 3, 2);  // the root folder is itself the data set
  CHECK(folder_found() == root.path());
  write_idx_set(root / "FashionMNIST/raw", 3, 2);  // torchvision's folder
  CHECK(folder_found() == root / "FashionMNIST/raw");
  write_idx_set(root / "fashion-mnist", 3, 2, /*classes=*/3, /*packed=*/true);
  CHECK(folder_found() == root / "fashion-mnist");
}

TEST_CASE("torchvision's folder of MNIST is found, whichever of its levels is named", "[data]") {
  const DataFolder root;
  write_idx_set(root / "mnist/MNIST/raw", 3, 2);
  for (const auto* level : {"", "mnist", "mnist/MNIST", "mnist/MNIST/raw"}) {
    const auto found = find_dataset(dataset_named("mnist"), {root / level});
    REQUIRE(found);
    CHECK(found->folder.lexically_normal() == root / "mnist/MNIST/raw");
  }
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
