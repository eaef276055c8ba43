// Selection of files by dataset.type and dataset.name, and normalisation of their content.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "experiments/config/config.h"
#include "experiments/data/load.h"
#include "experiments/data/registry.h"
#include "tests/catch.h"
#include "tests/data_arrays.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

DatasetOptions options_of(const Json& dataset) {
  return config_from({{"name", "x"}, {"dataset", dataset}}, "x.json").dataset;
}

// Writes arrays of 6 + 3 images.
void write_npy(const DataFolder& root, const at::Tensor& images) {
  write_bytes(root / "train_images.npy", npy_bytes(images));
  write_bytes(root / "train_labels.npy", npy_bytes(at::arange(6, at::kLong).remainder(3)));
  write_bytes(root / "test_images.npy", npy_bytes(images.narrow(0, 0, 3)));
  write_bytes(root / "test_labels.npy", npy_bytes(at::arange(3, at::kLong)));
}

}  // namespace

TEST_CASE("dataset.type alone is a user's own data, dataset.name alone a published set", "[data]") {
  CHECK(options_of(Json::object()).name == "mnist");
  CHECK_FALSE(options_of(Json::object()).type);
  CHECK_FALSE(options_of({{"type", "npy"}}).name);
  CHECK(chosen_dataset(std::nullopt, "mnist").name == "mnist");
  CHECK(chosen_dataset(std::nullopt, std::nullopt).name == "mnist");
  CHECK(chosen_dataset("npy", std::nullopt).own);
  CHECK(chosen_dataset("synthetic", std::nullopt).files.empty());
  CHECK(chosen_dataset("idx", "kmnist").name == "kmnist");
  CHECK(chosen_dataset("cifar", "cifar100").name == "cifar100");
  CHECK(chosen_dataset("idx", "idx").own);
  for (const auto& [type, name] : std::vector<std::pair<std::string, std::string>>{
           {"synthetic", "mnist"}, {"npy", "synthetic"}, {"npy", "idx"}, {"cifar", "mnist"}}) {
    CHECK_THAT(message_of([&] { chosen_dataset(type, name); }),
               ContainsSubstring("dataset.type: " + type + " cannot hold dataset.name " + name));
  }
}

TEST_CASE("A published set in other files keeps its normalisation", "[data]") {
  const auto set = chosen_dataset("npy", "svhn");
  CHECK(set.name == "svhn");
  CHECK_FALSE(set.own);
  CHECK(set.original.mean == chosen_dataset(std::nullopt, "svhn").original.mean);
  CHECK(set.files.front().name == "train_images.npy");
}

TEST_CASE("Own bytes become [-1, 1], own floats stay as they are", "[data]") {
  at::manual_seed(1);
  const DataFolder bytes, floats;
  const auto images = at::randint(0, 256, {6, 4, 5}, at::kByte);
  write_npy(bytes, images);
  write_npy(floats, images.to(at::kFloat));
  const auto rows = [](const DataFolder& root, Json dataset) {
    dataset["type"] = "npy";
    return load_dataset(options_of(dataset), root.path()).split.train.rows(0, 6);
  };
  const auto scaled = images.to(at::kFloat).flatten(1);
  CHECK(rows(bytes, Json::object()).equal(scaled.div(255).sub(0.5F).div(0.5F)));
  CHECK(rows(floats, Json::object()).equal(scaled));
  CHECK(rows(floats, {{"normalize", "none"}}).equal(scaled));
  CHECK(
      rows(floats, {{"normalize", {{"mean", 3}, {"std", 0.5}}}}).equal(scaled.sub(3.0F).div(0.5F)));
  // For a published data set in floats, "original" normalises as for that data set.
  CHECK(rows(floats, {{"name", "mnist"}}).equal(scaled.sub(0.1307F).div(0.3081F)));
}

TEST_CASE("dataset.shape makes images of rows, and means nothing elsewhere", "[data]") {
  const DataFolder root;
  const auto images = at::randint(0, 256, {6, 60}, at::kByte);
  write_npy(root, images);
  const auto shaped = [&](const Json& shape) {
    return load_dataset(options_of({{"type", "npy"}, {"shape", shape}}), root.path()).split.train;
  };
  CHECK(shaped(nullptr).images.sizes() == at::IntArrayRef({6, 1, 1, 60}));
  CHECK(shaped({6, 10}).images.equal(images.view({6, 1, 6, 10})));
  CHECK(shaped({3, 4, 5}).images.equal(images.view({6, 3, 4, 5})));
  for (const auto& shape :
       {Json{60}, Json{7, 9}, Json{1, 2, 3, 10}, Json{1000000, 1000000, 1000000}}) {
    CHECK_THAT(message_of([&] { shaped(shape); }),
               ContainsSubstring("is not allowed; allowed: [C, H, W], or [H, W] for one channel, "
                                 "with C x H x W = 60"));
  }
  CHECK_THAT(message_of([] {
               load_dataset(options_of({{"name", "synthetic"}, {"shape", {8, 16}}}), std::nullopt);
             }),
             ContainsSubstring("dataset.shape: has no effect with synthetic"));
  write_npy(root, images.view({6, 6, 10}));
  CHECK_THAT(message_of([&] {
               shaped({6, 10});
             }),
             ContainsSubstring("dataset.shape: has no effect"));
}

TEST_CASE("An own set that is not there is told with its cure", "[data]") {
  const DataFolder root;
  write_bytes(root / "train_images.npy", "");
  CHECK_THAT(message_of([&] {
               load_dataset(options_of({{"type", "npy"}}), root.path());
             }),
             ContainsSubstring("lacks train_labels.npy, test_images.npy, test_labels.npy; to get "
                               "it: save your own arrays by numpy.save"));
}
