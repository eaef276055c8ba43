// Images with their labels, kept as bytes or floats, and given as normalised float rows batch by
// batch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/data/augment.h"

namespace ff {

/// Mean and standard deviation per channel: of bytes in units of pixels scaled to [0, 1], of floats
/// in their own.
struct Normalization {
  std::vector<double> mean;
  std::vector<double> std;
};

/// A labelled set of images. A byte has only 256 values, so normalising is a look-up in a table
/// per channel: the same bits as `x.to(float32).div(255).sub(mean).div(std)`, a quarter of the
/// memory, and cheap enough to be done for each batch. Floats are normalised once, when the set is
/// made.
///
/// Shapes: images uint8 or float32 (N, C, H, W), contiguous; labels int64 (N), in [0, classes).
class ImageSet {
 public:
  ImageSet() = default;

  /// Throws c10::Error when the shapes, types or lengths do not fit, or `normalization` has
  /// neither one entry nor one per channel (one entry serves all channels).
  ImageSet(at::Tensor images,
           at::Tensor labels,
           std::int64_t classes,
           const Normalization& normalization);

  std::int64_t size() const { return images.defined() ? images.size(0) : 0; }
  std::int64_t channels() const { return images.size(1); }
  std::int64_t height() const { return images.size(2); }
  std::int64_t width() const { return images.size(3); }
  /// Values per image, C*H*W.
  std::int64_t features() const { return channels() * height() * width(); }

  /// Whether the images are kept as normalised floats, without a table.
  bool floats() const { return images.defined() && images.is_floating_point(); }

  /// What a black pixel (0 in the file) is once normalised, float32 (C): it comes in where images
  /// are moved.
  at::Tensor black() const { return table.select(/*dim=*/1, 0); }

  /// Moves every image once for all.
  void move(const Moves& moves);

  /// Rows `indices` (int64 (B), CPU) as normalised float32 (B, C*H*W) on the set's device.
  at::Tensor rows(const at::Tensor& indices) const;

  /// The same of images that are moved.
  at::Tensor rows(const at::Tensor& indices, const Moves& moves) const;

  /// Rows [begin, end) as normalised float32 (end - begin, C*H*W).
  at::Tensor rows(std::int64_t begin, std::int64_t end) const;

  /// The same into memory that is there, from a set on the CPU.
  void rows_into(const at::Tensor& indices, float* to) const;
  void rows_into(const at::Tensor& indices, const Moves& moves, float* to) const;

  /// Largest normalised value in the set (the original's `images.max()`).
  float max_value() const;

  /// The images at `indices` (int64 (M), CPU) as a set of their own with the same table.
  ImageSet subset(const at::Tensor& indices) const;

  /// A copy whose tensors are on `device`.
  ImageSet to(const at::Device& device) const;

  at::Tensor images;  // uint8 (N, C, H, W), or float32, normalised
  at::Tensor labels;  // int64 (N)
  at::Tensor table;   // float32 (C, 256), byte -> normalised value; of floats (C, 1), that of 0
  std::int64_t classes = 0;

 private:
  void lookup_into(const at::Tensor& from,
                   const std::int64_t* order,
                   std::int64_t count,
                   float* to) const;
  at::Tensor lookup(const at::Tensor& chosen) const;
  at::Tensor chosen(const at::Tensor& indices, const Moves& moves) const;
};

/// What a learner trains on and what it is judged by.
struct DataSplit {
  ImageSet train;
  ImageSet validation;  // may be empty
  ImageSet test;
};

}  // namespace ff
