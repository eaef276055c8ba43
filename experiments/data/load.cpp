#include "experiments/data/load.h"

#include <filesystem>
#include <stdexcept>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

#include "experiments/data/find.h"
#include "experiments/data/read.h"
#include "experiments/data/registry.h"

namespace ff::experiments {
namespace {

Normalization normalization_for(const Dataset& dataset,
                                const NormalizeOption& option,
                                std::int64_t channels) {
  if (option.word == "original") return dataset.original;
  if (option.word == "none") return {{0.0}, {1.0}};
  const auto fits = [&](const std::vector<double>& list) {
    return list.size() == 1 || static_cast<std::int64_t>(list.size()) == channels;
  };
  if (!fits(option.mean) || option.std.size() != option.mean.size()) {
    throw std::invalid_argument(
        "dataset.normalize: " + std::to_string(option.mean.size()) + " means and " +
        std::to_string(option.std.size()) + " standard deviations, but " + dataset.name + " has " +
        std::to_string(channels) + " channel(s); allowed: one of each, or one per channel");
  }
  return {option.mean, option.std};
}

std::int64_t limited(const std::string& key,
                     const std::optional<std::int64_t>& limit,
                     std::int64_t size) {
  if (!limit) return size;
  if (*limit < 1 || *limit > size) {
    throw std::invalid_argument("dataset." + key + ": " + std::to_string(*limit) +
                                " is not allowed; allowed: 1 to " + std::to_string(size) +
                                ", the images there are, or null for all");
  }
  return *limit;
}

// A folder that a user names is not to be passed over for another one.
void refuse_missing(const std::string& place, const std::optional<std::string>& root) {
  if (!root || root->empty() || std::filesystem::is_directory(*root)) return;
  throw std::invalid_argument(place + ": no such folder");
}

ImageSet first_images(const at::Tensor& images,
                      const at::Tensor& labels,
                      std::int64_t count,
                      std::int64_t classes,
                      const Normalization& normalization) {
  return {
      images.slice(/*dim=*/0, 0, count), labels.slice(/*dim=*/0, 0, count), classes, normalization};
}

}  // namespace

ValidationIndices validation_indices(std::int64_t size, const ValidationOptions& options) {
  if (options.count < 0 || options.count >= size) {
    throw std::invalid_argument("dataset.validation.count: " + std::to_string(options.count) +
                                " is not allowed; allowed: 0 to " + std::to_string(size - 1) +
                                ", one less than the training images there are");
  }
  const auto generator = at::detail::createCPUGenerator(static_cast<std::uint64_t>(options.seed));
  const auto order = at::randperm(size, generator, at::TensorOptions(at::kLong));
  const auto sorted = [](const at::Tensor& indices) { return std::get<0>(indices.sort()); };
  return {sorted(order.slice(/*dim=*/0, 0, options.count)),
          sorted(order.slice(/*dim=*/0, options.count))};
}

LoadedData load_dataset(const DatasetOptions& options,
                        const std::optional<std::string>& data_root) {
  const auto& dataset = dataset_named(options.name);
  refuse_missing("--data-root " + data_root.value_or(""), data_root);
  refuse_missing("dataset.root: " + options.root.value_or(""), options.root);
  auto read = read_dataset(dataset, search_roots({data_root, options.root}));
  const auto& data = read.data;
  const auto normalization =
      normalization_for(dataset, options.normalize, data.train_images.size(1));
  const auto train_count = limited("train_limit", options.train_limit, data.train_images.size(0));
  const auto test_count = limited("test_limit", options.test_limit, data.test_images.size(0));

  LoadedData loaded{.folder = read.folder, .warnings = read.warnings};
  auto& split = loaded.split;
  split.train =
      first_images(data.train_images, data.train_labels, train_count, data.classes, normalization);
  split.test =
      first_images(data.test_images, data.test_labels, test_count, data.classes, normalization);
  if (options.validation.count != 0) {
    const auto indices = validation_indices(train_count, options.validation);
    split.validation = split.train.subset(indices.validation);
    split.train = split.train.subset(indices.train);
  }
  return loaded;
}

}  // namespace ff::experiments
