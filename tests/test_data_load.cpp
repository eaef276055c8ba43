#include <chrono>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "experiments/data/find.h"
#include "experiments/data/load.h"
#include "experiments/data/registry.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// Returns the image numbers, encoded in the first pixel of each image (data_files.h).
std::vector<std::int64_t> identities(const ff::ImageSet& set) {
  std::vector<std::int64_t> list;
  for (std::int64_t i = 0; i < set.size(); ++i) {
    list.push_back(set.images[i][0][0][0].item<std::int64_t>());
  }
  return list;
}

DatasetOptions options_of(const std::string& name) {
  DatasetOptions options;
  options.name = name;
  return options;
}

// Returns true if the real data set is installed.
bool is_here(const std::string& name) {
  return find_dataset(dataset_named(name), search_roots({})).has_value();
}

}  // namespace

TEST_CASE("Plain and packed files load alike", "[data]") {
  const DataFolder plain, packed;
  write_idx_set(plain / "idx", 20, 5);
  write_idx_set(packed / "idx", 20, 5, /*classes=*/3, /*packed=*/true);
  const auto a = load_dataset(options_of("idx"), plain.path());
  const auto b = load_dataset(options_of("idx"), packed.path());
  CHECK(a.folder == (plain / "idx").string());
  CHECK(a.warnings.empty());
  CHECK(a.split.train.classes == 3);
  CHECK(a.split.validation.size() == 0);
  CHECK(a.split.train.images.equal(b.split.train.images));
  CHECK(a.split.train.labels.equal(b.split.train.labels));
  CHECK(a.split.test.images.equal(b.split.test.images));
  CHECK(a.split.test.labels.equal(b.split.test.labels));
}

TEST_CASE("--data-root is searched in place of the config's root", "[data]") {
  const DataFolder given, config;
  write_idx_set(config / "idx", 6, 5);
  auto options = options_of("idx");
  options.root = config.path().string();
  CHECK(load_dataset(options, std::nullopt).split.train.size() == 6);
  const auto message = message_of([&] { load_dataset(options, given.path()); });
  CHECK_THAT(message, ContainsSubstring("data set idx not found; tried "));
  CHECK_THAT(message, ContainsSubstring("(no other place, because --data-root is given)"));
  write_idx_set(given / "idx", 7, 5);
  CHECK(load_dataset(options, given.path()).split.train.size() == 7);
}

TEST_CASE("Limits keep the first images", "[data]") {
  const DataFolder root;
  write_idx_set(root / "idx", 20, 9);
  auto options = options_of("idx");
  options.train_limit = 4;
  options.test_limit = 3;
  const auto split = load_dataset(options, root.path()).split;
  CHECK(identities(split.train) == std::vector<std::int64_t>{0, 1, 2, 3});
  CHECK(identities(split.test) == std::vector<std::int64_t>{0, 1, 2});
  CHECK(split.train.labels.equal(at::tensor({0, 1, 2, 0}, at::kLong)));
  options.train_limit = 21;
  CHECK_THAT(message_of([&] { load_dataset(options, root.path()); }),
             ContainsSubstring("dataset.train_limit: 21 is not allowed; allowed: 1 to 20"));
}

TEST_CASE("Validation images are the first of torch.randperm, after the limit", "[data]") {
  const DataFolder root;
  write_idx_set(root / "idx", 50, 5);
  auto options = options_of("idx");
  options.train_limit = 20;
  options.validation = {.count = 6, .seed = 7};
  const auto split = load_dataset(options, root.path()).split;
  // In Python, torch.randperm(20, generator=torch.Generator().manual_seed(7)) starts 15 17 9 12 7
  // 1.
  CHECK(identities(split.validation) == std::vector<std::int64_t>{1, 7, 9, 12, 15, 17});
  CHECK(identities(split.train) ==
        std::vector<std::int64_t>{0, 2, 3, 4, 5, 6, 8, 10, 11, 13, 14, 16, 18, 19});
  CHECK(split.validation.labels.equal(at::tensor({1, 1, 0, 0, 0, 2}, at::kLong)));
  CHECK(split.validation.classes == split.train.classes);
  CHECK(split.validation.table.equal(split.train.table));
  CHECK(split.test.size() == 5);
  options.validation.count = 20;
  CHECK_THAT(message_of([&] { load_dataset(options, root.path()); }),
             ContainsSubstring("dataset.validation.count: 20 is not allowed; allowed: 0 to 19"));
}

TEST_CASE("Rows are ToTensor and Normalize, bit for bit", "[data]") {
  const DataFolder root;
  write_idx_set(root / "mnist", 300, 5);
  for (const auto& folder : {"fashion-mnist", "idx"}) write_idx_set(root / folder, 300, 5);
  const auto check = [&](DatasetOptions options, double mean, double std) {
    const auto set = load_dataset(options, root.path()).split.train;
    const auto expected =
        set.images.to(at::kFloat).div(255).sub(at::full({1}, mean)).div(at::full({1}, std));
    CHECK(set.rows(0, set.size()).equal(expected.flatten(1)));
  };
  check(options_of("mnist"), 0.1307, 0.3081);
  check(options_of("fashion-mnist"), 0.5, 0.5);
  check(options_of("idx"), 0.5, 0.5);
  check(options_of("synthetic"), 0.5, 0.5);
  auto options = options_of("mnist");
  options.normalize = {"", {0.25}, {0.75}};
  check(options, 0.25, 0.75);
  options.normalize = {.word = "none"};
  const auto set = load_dataset(options, root.path()).split.train;
  CHECK(set.rows(0, 300).equal(set.images.to(at::kFloat).div(255).flatten(1)));
  CHECK(set.max_value() == 1.0F);
}

TEST_CASE("Colour images are normalised by channel", "[data]") {
  const DataFolder root;
  for (const auto& file : dataset_named("cifar10").files) {
    write_bytes(root / ("cifar10/" + file.name), cifar10_bytes(2));
  }
  const auto set = load_dataset(options_of("cifar10"), root.path()).split.train;
  const auto channel = [](std::vector<float> values) {
    return at::tensor(values).view({1, 3, 1, 1});
  };
  const auto expected = set.images.to(at::kFloat)
                            .div(255)
                            .sub(channel({0.4914F, 0.4822F, 0.4465F}))
                            .div(channel({0.2023F, 0.1994F, 0.2010F}));
  CHECK(set.rows(0, set.size()).equal(expected.flatten(1)));
}

TEST_CASE("A normalisation that does not fit the channels is refused", "[data]") {
  auto options = options_of("synthetic");
  options.normalize = {"", {0.1, 0.2, 0.3}, {1, 1, 1}};
  CHECK_THAT(
      message_of([&] { load_dataset(options, std::nullopt); }),
      ContainsSubstring("dataset.normalize: 3 means and 3 standard deviations, but synthetic "
                        "has 1 channel(s)"));
}

TEST_CASE("An unknown data set is refused with the allowed names", "[data]") {
  CHECK_THAT(message_of([&] { load_dataset(options_of("mnits"), std::nullopt); }),
             ContainsSubstring("unknown data set 'mnits'; allowed: mnist, fashion-mnist, cifar10, "
                               "synthetic, idx"));
}

TEST_CASE("Data are known by their sizes and checksums, wherever they lie", "[data]") {
  const DataFolder root, copy;
  write_idx_set(root / "idx", 20, 9);
  write_idx_set(copy.path(), 20, 9, /*classes=*/3, /*packed=*/true);
  auto options = options_of("idx");
  const auto whole = load_dataset(options, root.path()).identity;
  CHECK(whole.name == "idx");
  CHECK(whole.train == 20);
  CHECK(whole.test == 9);
  CHECK(whole.classes == 3);
  CHECK(whole.shape == std::vector<std::int64_t>{1, 4, 12});
  // Python: zlib.crc32(images.tobytes() + labels.astype('<i8').tobytes())
  CHECK(whole.train_crc32 == 0xcadad52d);
  CHECK(whole.test_crc32 == 0xa2008453);
  CHECK(load_dataset(options, copy.path()).identity.train_crc32 == whole.train_crc32);

  options.validation.count = 5;  // the split does not affect the identity of the data
  CHECK(load_dataset(options, root.path()).identity.train == 20);
  CHECK(load_dataset(options, root.path()).identity.train_crc32 == whole.train_crc32);
  options.train_limit = 19;
  const auto fewer = load_dataset(options, root.path()).identity;
  CHECK(fewer.train == 19);
  CHECK(fewer.train_crc32 != whole.train_crc32);
  CHECK(fewer.test_crc32 == whole.test_crc32);
  write_bytes(root / "idx/t10k-labels-idx1-ubyte", idx_labels_bytes({0, 1, 2, 0, 1, 2, 0, 1, 0}));
  CHECK(load_dataset(options, root.path()).identity.test_crc32 != whole.test_crc32);
}

TEST_CASE("A limit keeps no more in memory than its images", "[data]") {
  const DataFolder root;
  write_idx_set(root / "idx", 20, 9);
  auto options = options_of("idx");
  options.train_limit = 4;
  const auto images = load_dataset(options, root.path()).split.train.images;
  CHECK(images.storage().nbytes() == 4 * 48);
}

TEST_CASE("Classes of a user's own set without images are said, with the cure", "[data]") {
  const DataFolder root;
  write_idx_set(root.path(), 4, 2);
  const auto warnings_with = [&](const std::vector<int>& labels) {
    write_bytes(root / "train-labels-idx1-ubyte", idx_labels_bytes(labels));
    return load_dataset(options_of("idx"), root.path()).warnings;
  };
  CHECK(warnings_with({0, 1, 2, 0}).empty());
  const auto from_one = warnings_with({1, 2, 3, 1});
  REQUIRE(from_one.size() == 1);
  CHECK_THAT(from_one[0],
             ContainsSubstring("classes are 0 to 3, but no training image is of class 0; if labels "
                               "count from 1, write them from 0, in Python: labels - 1"));
  const auto gaps = warnings_with({0, 9, 9, 1});
  REQUIRE(gaps.size() == 1);
  CHECK_THAT(gaps[0], ContainsSubstring("of class 2, 3, 4, 5, 6, ... (7 in all); "));
  CHECK_THAT(gaps[0], ContainsSubstring("labels should be 0, 1, 2, ... without gaps"));
}

TEST_CASE("A data set that is not as published warns", "[data]") {
  const DataFolder root;
  write_idx_set(root / "mnist", 20, 5);
  const auto warnings = load_dataset(options_of("mnist"), root.path()).warnings;
  REQUIRE(warnings.size() == 3);
  CHECK_THAT(warnings[0], ContainsSubstring("unknown checksum of train-images-idx3-ubyte, "));
  CHECK_THAT(warnings[1],
             ContainsSubstring("has 20 training images, but the published version has 60000"));
  CHECK_THAT(warnings[2],
             ContainsSubstring("has 5 test images, but the published version has 10000"));
}

TEST_CASE("Real MNIST is what it should be, and loads fast", "[data]") {
  if (!is_here("mnist")) {
    WARN("MNIST is not on this machine (FF_DATA): not tested");
    return;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto loaded = load_dataset(options_of("mnist"), std::nullopt);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  INFO("loading took " << seconds.count() << " s");
  CHECK(seconds.count() < 5);  // measured 0.3 s; margin for loaded machines and sanitizers
  CHECK(loaded.warnings.empty());
  const auto& [train, validation, test] = loaded.split;
  CHECK(train.images.sum().item<std::int64_t>() == 1567298545);
  CHECK(test.images.sum().item<std::int64_t>() == 264923200);
  CHECK(train.labels.slice(0, 0, 8).equal(at::tensor({5, 0, 4, 1, 9, 2, 1, 3}, at::kLong)));
  CHECK(test.labels.sum().item<std::int64_t>() == 44434);
  CHECK(train.max_value() == Approx((1 - 0.1307) / 0.3081));
  CHECK(loaded.identity.train_crc32 == 0x60637407);  // value from the Python reference
  CHECK(loaded.identity.test_crc32 == 0x895a175a);

  const auto taken_for_own = load_dataset(options_of("idx"), loaded.folder).warnings;
  REQUIRE(taken_for_own.size() == 1);
  CHECK_THAT(taken_for_own[0],
             ContainsSubstring("is mnist's train-labels-idx1-ubyte; if these images are meant, set "
                               "dataset.name to mnist"));
}

TEST_CASE("Real Fashion-MNIST is not taken for MNIST", "[data]") {
  const auto found = find_dataset(dataset_named("fashion-mnist"), search_roots({}));
  if (!found) {
    WARN("Fashion-MNIST is not on this machine: not tested");
    return;
  }
  const auto message =
      message_of([&] { load_dataset(options_of("mnist"), found->folder.string()); });
  CHECK_THAT(message, ContainsSubstring("is fashion-mnist's train-images-idx3-ubyte"));
  CHECK_THAT(message, ContainsSubstring("set dataset.name to fashion-mnist"));
  CHECK(load_dataset(options_of("fashion-mnist"), found->folder.string()).warnings.empty());
}
