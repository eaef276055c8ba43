// ImageSet: labelled images in memory, as bytes or floats, read in batches of normalised float32
// samples.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/data/augment.h"

namespace ff {

/// Mean and standard deviation, per channel or a single one for all. For bytes in units of pixels
/// scaled to [0, 1], for floats in the data's units.
struct Normalization {
  std::vector<double> mean;
  std::vector<double> std;
};

/// A labelled set of images. Bytes are normalised by a lookup table per channel (256 entries), when
/// they are read: bit-equal to `x.to(float32).div(255).sub(mean).div(std)`, in a quarter of the
/// memory. Floats are normalised once, at construction.
///
/// Shapes: images uint8 or float32 (N, C, H, W), contiguous; labels int64 (N), in [0, classes).
class ImageSet {
 public:
  ImageSet() = default;

  /// Throws c10::Error if shapes, types or lengths do not match, or if `normalization` has neither
  /// one entry (for all channels) nor one per channel.
  ImageSet(at::Tensor images,
           at::Tensor labels,
           std::int64_t classes,
           const Normalization& normalization);

  std::int64_t size() const { return images.defined() ? images.size(0) : 0; }
  std::int64_t channels() const { return images.size(1); }
  std::int64_t height() const { return images.size(2); }
  std::int64_t width() const { return images.size(3); }
  /// Number of values per image, C * H * W.
  std::int64_t features() const { return channels() * height() * width(); }

  /// True if the images are stored as normalised floats rather than bytes.
  bool floats() const { return images.defined() && images.is_floating_point(); }

  /// Returns the normalised value of a black pixel (0 in the file), float32 (C); it fills the
  /// pixels that augmentation shifts in.
  at::Tensor black() const { return table.select(/*dim=*/1, 0); }

  /// Augments every image in place, permanently.
  void move(const Moves& moves);

  /// Returns the samples at `indices` (int64 (B), CPU), normalised, as float32 (B, C*H*W) on the
  /// set's device; augmented by `moves`, if given.
  at::Tensor rows(const at::Tensor& indices) const;

  at::Tensor rows(const at::Tensor& indices, const Moves& moves) const;

  /// Returns samples [begin, end), normalised, as float32 (end - begin, C*H*W).
  at::Tensor rows(std::int64_t begin, std::int64_t end) const;

  /// As rows(), into a preallocated buffer of (B, C*H*W) floats; for a set on the CPU.
  void rows_into(const at::Tensor& indices, float* to) const;
  void rows_into(const at::Tensor& indices, const Moves& moves, float* to) const;

  /// Returns the largest normalised value of the set (the original's `images.max()`). Throws
  /// c10::Error if the set is empty.
  float max_value() const;

  /// Returns the samples at `indices` (int64 (M), CPU) as a new set with the same normalisation.
  ImageSet subset(const at::Tensor& indices) const;

  /// Returns a copy whose tensors are on `device`.
  ImageSet to(const at::Device& device) const;

  at::Tensor images;  // uint8 (N, C, H, W), or normalised float32
  at::Tensor labels;  // int64 (N)
  at::Tensor table;   // float32 (C, 256), byte -> value; for floats (C, 1), value of 0
  std::int64_t classes = 0;

 private:
  void lookup_into(const at::Tensor& from,
                   const std::int64_t* order,
                   std::int64_t count,
                   float* to) const;
  at::Tensor lookup(const at::Tensor& chosen) const;
  at::Tensor chosen(const at::Tensor& indices, const Moves& moves) const;
};

/// The training, validation and test sets.
struct DataSplit {
  ImageSet train;
  ImageSet validation;  // may be empty
  ImageSet test;
};

}  // namespace ff
