// The IDX format of MNIST: a magic number, which tells the type of the numbers and how many sizes
// there are, the sizes, then the numbers (all big-endian).
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// The names that IDX data sets give their files: training images and labels, test images and
/// labels.
inline constexpr const char* kIdxNames[] = {"train-images-idx3-ubyte",
                                            "train-labels-idx1-ubyte",
                                            "t10k-images-idx3-ubyte",
                                            "t10k-labels-idx1-ubyte"};

/// uint8 (N, 1, H, W), sharing the file's memory. Throws std::runtime_error when the magic number,
/// the sizes or the length of the file do not fit.
at::Tensor idx_images(const DataFile& file);

/// Labels of 8, 16 or 32 bits as int64 (N). Throws as idx_images does, and when a label is not in
/// [0, classes).
at::Tensor idx_labels(const DataFile& file, std::int64_t classes);

/// Decodes four files in the order of kIdxNames. Throws when images and labels differ in number,
/// or training and test images in size.
RawData decode_idx(const std::vector<DataFile>& files, std::int64_t classes);

}  // namespace ff::experiments
