// The IDX format of MNIST: a magic number with the element type and the number of dimensions, the
// sizes, and the values, all big-endian.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// File names of IDX data sets: training images and labels, test images and labels.
inline constexpr const char* kIdxNames[] = {"train-images-idx3-ubyte",
                                            "train-labels-idx1-ubyte",
                                            "t10k-images-idx3-ubyte",
                                            "t10k-labels-idx1-ubyte"};

/// Returns images uint8 (N, 1, H, W) that share the file's memory. Throws std::runtime_error if the
/// magic number, the sizes or the file's length are wrong.
at::Tensor idx_images(const DataFile& file);

/// Returns labels of 8, 16 or 32 bits as int64 (N). Throws as idx_images(), and if a label is not
/// in [0, classes).
at::Tensor idx_labels(const DataFile& file, std::int64_t classes);

/// Decodes four files in the order of kIdxNames. Throws std::runtime_error also if the numbers of
/// images and labels differ, or training and test images differ in size.
RawData decode_idx(const std::vector<DataFile>& files, std::int64_t classes);

}  // namespace ff::experiments
