// A user's own arrays as NumPy files: four .npy files, or one .npz with all four.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Returns images (N, H, W), (N, C, H, W) or (N, D), of uint8 or floats, as uint8 or float32 (N, C,
/// H, W); (N, D) becomes (N, 1, 1, D). Throws std::runtime_error if the file is not a little-endian
/// .npy file, is truncated, or has another shape or type.
at::Tensor npy_images(const DataFile& file);

/// Returns labels (N) or (N, 1) of any integer type as int64 (N). Throws as npy_images().
at::Tensor npy_labels(const DataFile& file);

/// Data set of train_images.npy, train_labels.npy, test_images.npy and test_labels.npy, or of
/// data.npz.
Dataset user_npy();

}  // namespace ff::experiments
