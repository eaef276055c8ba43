#include "experiments/data/load.h"

#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

#include <zlib.h>

#include "experiments/data/arrays.h"
#include "experiments/data/find.h"
#include "experiments/data/read.h"
#include "experiments/data/registry.h"
#include "experiments/plain_text.h"
#include "ff/core/option_error.h"

namespace ff::experiments {
namespace {

Normalization normalization_for(const Dataset& dataset,
                                const NormalizeOption& option,
                                const at::Tensor& images) {
  const auto channels = images.size(1);
  const bool as_they_are = dataset.own && images.is_floating_point();
  if (option.word == "original" && !as_they_are) return dataset.original;
  if (option.word == "original") return {{0.0}, {1.0}};
  if (option.word == "none") return {{0.0}, {1.0}};
  const auto fits = [&](const std::vector<double>& list) {
    return list.size() == 1 || static_cast<std::int64_t>(list.size()) == channels;
  };
  if (!fits(option.mean) || option.std.size() != option.mean.size()) {
    throw OptionError({"dataset.normalize",
                       std::to_string(option.mean.size()) + " means and " +
                           std::to_string(option.std.size()) + " standard deviations, but " +
                           dataset.name + " has " + std::to_string(channels) +
                           " channel(s); allowed: one of each, or one per channel"});
  }
  return {option.mean, option.std};
}

std::int64_t limited(const std::string& key,
                     const std::optional<std::int64_t>& limit,
                     std::int64_t size) {
  if (!limit) return size;
  if (*limit < 1 || *limit > size) {
    throw OptionError({"dataset." + key,
                       std::to_string(*limit) + " is not allowed; allowed: 1 to " +
                           std::to_string(size) + ", the number of images, or null for all"});
  }
  return *limit;
}

// Throws an error about the option, rather than about the data set, if the named root does not
// exist. A root may also end in a file prefix.
void refuse_missing(const Dataset& dataset, const std::vector<Root>& roots) {
  const auto& root = roots.front();
  std::error_code error;
  if (!root.exclusive() || std::filesystem::is_directory(root.path, error)) return;
  if (error == std::errc::permission_denied) return;  // exists, but is not readable
  if (dataset.files.empty() || !find_dataset(dataset, roots)) {
    const auto text = root.path.string() + ": no such folder";
    if (root.named_by == "dataset.root") throw OptionError({root.named_by, text});
    throw std::invalid_argument(root.named_by + " " + text);
  }
}

// Reshapes flat images of csv and npy files to dataset.shape.
void take_shape(const Dataset& dataset, const DatasetOptions& options, RawData& data) {
  if (!options.shape) return;
  const auto& images = data.train_images;
  const bool rows = dataset.kind == "csv" || dataset.kind == "npy";
  if (!rows || images.size(1) != 1 || images.size(2) != 1) {
    throw OptionError({"dataset.shape",
                       "has no effect with " + dataset.name +
                           ", whose files contain the image shape; remove it"});
  }
  data.train_images = shaped_images(images, *options.shape);
  data.test_images = shaped_images(data.test_images, *options.shape);
}

ImageSet first_images(const at::Tensor& images,
                      const at::Tensor& labels,
                      std::int64_t count,
                      std::int64_t classes,
                      const Normalization& normalization) {
  const auto first = [count](const at::Tensor& all) {
    const auto part = all.slice(/*dim=*/0, 0, count);
    return count < all.size(0) ? part.clone() : part;  // a view would keep all images in memory
  };
  return {first(images), first(labels), classes, normalization};
}

LoadedData load(const Dataset& dataset,
                const DatasetOptions& options,
                const std::vector<Root>& roots) {
  auto read = read_dataset(dataset, roots);
  auto& data = read.data;
  take_shape(dataset, options, data);
  const auto normalization = normalization_for(dataset, options.normalize, data.train_images);
  const auto train_count = limited("train_limit", options.train_limit, data.train_images.size(0));
  const auto test_count = limited("test_limit", options.test_limit, data.test_images.size(0));

  LoadedData loaded{.folder = read.folder, .warnings = read.warnings};
  auto& split = loaded.split;
  split.train =
      first_images(data.train_images, data.train_labels, train_count, data.classes, normalization);
  split.test =
      first_images(data.test_images, data.test_labels, test_count, data.classes, normalization);
  loaded.identity = {dataset.name,
                     train_count,
                     test_count,
                     data.classes,
                     split.train.images.sizes().slice(1).vec(),
                     checksum_of(split.train.images, split.train.labels),
                     checksum_of(split.test.images, split.test.labels)};
  if (options.validation.count != 0) {
    const auto indices = validation_indices(train_count, options.validation);
    split.validation = split.train.subset(indices.validation);
    split.train = split.train.subset(indices.train);
  }
  return loaded;
}

}  // namespace

ValidationIndices validation_indices(std::int64_t size, const ValidationOptions& options) {
  if (options.count < 0 || options.count >= size) {
    throw OptionError({"dataset.validation.count",
                       std::to_string(options.count) + " is not allowed; allowed: 0 to " +
                           std::to_string(size - 1) +
                           ", one less than the number of training images"});
  }
  const auto generator = at::detail::createCPUGenerator(static_cast<std::uint64_t>(options.seed));
  const auto order = at::randperm(size, generator, at::TensorOptions(at::kLong));
  const auto sorted = [](const at::Tensor& indices) { return std::get<0>(indices.sort()); };
  return {sorted(order.slice(/*dim=*/0, 0, options.count)),
          sorted(order.slice(/*dim=*/0, options.count))};
}

std::uint32_t checksum_of(const at::Tensor& images, const at::Tensor& labels) {
  auto sum = crc32_z(0, nullptr, 0);
  for (const auto& tensor : {images, labels}) {
    const auto bytes = tensor.contiguous();
    sum = crc32_z(sum, static_cast<const Bytef*>(bytes.const_data_ptr()), bytes.nbytes());
  }
  return static_cast<std::uint32_t>(sum);
}

LoadedData load_dataset(const DatasetOptions& options,
                        const std::optional<std::string>& data_root) {
  const auto dataset = chosen_dataset(options.type, options.name);
  const auto roots = search_roots(data_root, options.root);
  refuse_missing(dataset, roots);
  try {
    return load(dataset, options, roots);
  } catch (const std::exception& error) {
    if (!out_of_memory_text(error)) throw;
    throw std::runtime_error("not enough memory for the images of data set " + dataset.name +
                             "; free some memory, or choose a smaller set");
  }
}

}  // namespace ff::experiments
