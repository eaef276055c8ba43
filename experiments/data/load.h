// Loads the data set of a config: search, decoding, limits, normalisation and validation split.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/data/dataset_options.h"
#include "ff/data/image_set.h"

namespace ff::experiments {

/// Identifies the data of a run, to compare runs; taken before the validation split and the
/// augmentation of test images, which the config determines.
struct DataIdentity {
  std::string name;
  std::int64_t train = 0, test = 0;  // number of images after the limits
  std::int64_t classes = 0;
  std::vector<std::int64_t> shape;  // (C, H, W)
  std::uint32_t train_crc32 = 0, test_crc32 = 0;
};

/// The data of a run.
struct LoadedData {
  DataSplit split;
  DataIdentity identity;
  std::string folder;                 // folder of the files; empty: generated data
  std::vector<std::string> warnings;  // one line each
};

/// Finds, decodes and checks the data set, keeps the first train_limit and test_limit images, and
/// then splits the validation images off the training set. `data_root` (--data-root) replaces
/// options.root. Throws std::invalid_argument (OptionError) for options that do not fit the data,
/// and std::runtime_error if the data are missing, damaged or do not fit into memory.
LoadedData load_dataset(const DatasetOptions& options, const std::optional<std::string>& data_root);

/// Returns zlib's CRC32 of the images' bytes (N, C, H, W), followed by the labels as 64-bit
/// little-endian integers; reference/ computes the same.
std::uint32_t checksum_of(const at::Tensor& images, const at::Tensor& labels);

/// Indices of the validation images and of the remaining training images, int64 (count) and (size -
/// count), both sorted. The validation images are the first `count` entries of
/// `torch.randperm(size, generator=torch.Generator().manual_seed(seed))`.
struct ValidationIndices {
  at::Tensor validation;
  at::Tensor train;
};
/// Draws the split of `size` images. Throws OptionError if count is negative or not below `size`.
ValidationIndices validation_indices(std::int64_t size, const ValidationOptions& options);

}  // namespace ff::experiments
