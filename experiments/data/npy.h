// A user's own arrays as NumPy writes them: four .npy files, or one .npz of all four.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Images (N, H, W), (N, C, H, W) or (N, D) of uint8 or floats as uint8 or float32 (N, C, H, W);
/// (N, D) becomes (N, 1, 1, D). Throws std::runtime_error when the file is no .npy file of
/// little-endian numbers, is cut short, or holds another shape or type.
at::Tensor npy_images(const DataFile& file);

/// Labels (N) or (N, 1) of any integer type as int64 (N). Throws as npy_images does.
at::Tensor npy_labels(const DataFile& file);

/// train_images.npy, train_labels.npy, test_images.npy and test_labels.npy, or data.npz of them.
Dataset own_npy();

}  // namespace ff::experiments
