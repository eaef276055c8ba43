// From a config's dataset section to the images a learner trains on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/data/options.h"
#include "ff/data/image_set.h"

namespace ff::experiments {

/// Which data a config's figures are of, before validation images are taken out and test images
/// are moved: both are the config's.
struct DataIdentity {
  std::string name;
  std::int64_t train = 0, test = 0;  // images within the limits
  std::int64_t classes = 0;
  std::vector<std::int64_t> shape;  // (C, H, W)
  std::uint32_t train_crc32 = 0, test_crc32 = 0;
};

struct LoadedData {
  DataSplit split;
  DataIdentity identity;
  std::string folder;                 // where it was found; empty where the program makes it
  std::vector<std::string> warnings;  // a line each
};

/// Finds, reads and checks the data set, keeps the first train_limit and test_limit images, and
/// then takes the validation images out of the training set. `data_root` (--data-root) is searched
/// in place of options.root. Throws std::invalid_argument for options that do not fit the data, and
/// std::runtime_error for data that are missing or damaged, or do not fit into memory.
LoadedData load_dataset(const DatasetOptions& options, const std::optional<std::string>& data_root);

/// zlib's CRC32 over the bytes of images uint8 (N, C, H, W), then over the labels as 64-bit
/// little-endian numbers: what reference/ writes too.
std::uint32_t checksum_of(const at::Tensor& images, const at::Tensor& labels);

/// The `count` validation images among `size`: the first entries of
/// `torch.randperm(size, generator=torch.Generator().manual_seed(seed))`, sorted; and the others,
/// in order. int64 (count) and (size - count).
struct ValidationIndices {
  at::Tensor validation;
  at::Tensor train;
};
ValidationIndices validation_indices(std::int64_t size, const ValidationOptions& options);

}  // namespace ff::experiments
