// InputBatch: the inputs of one training step by reference (image indices, augmentation, masks,
// labels). Described once; the engine in use materialises the samples.
#pragma once

#include <memory>

#include <ATen/core/Tensor.h>

#include "ff/data/augment.h"
#include "ff/data/image_set.h"
#include "ff/data/label_overlay.h"

namespace ff {

/// What the label's pixels contain: a label, the neutral value, or the image itself.
enum class LabelPixels { kLabel, kNeutral, kImage };

/// Positives, negatives, or the images that the head is trained on.
struct InputBatch {
  std::shared_ptr<const ImageSet> samples;
  at::Tensor images;  // int64 (B) on the CPU, indices into `samples`
  at::Tensor ids;     // int64 (B), indices into the resident set; undefined for a stream
  Moves moves;        // augmentation of these images
  LabelPixels pixels = LabelPixels::kLabel;
  at::Tensor labels;  // int64 (B), on the samples' device; for LabelPixels::kLabel

  // For hybrid images: the second image, used where the mask is false.
  at::Tensor others;  // int64 (B) on the CPU, indices into `samples`; undefined: no hybrids
  Moves other_moves;
  at::Tensor masks;  // bool (B, H, W), on the CPU

  std::int64_t size() const { return images.numel(); }
};

/// Returns the normalised samples (B, D) on the samples' device.
at::Tensor inputs_of(const LabelOverlay& overlay, const InputBatch& data);

/// As rows_of, for samples on the CPU, into a preallocated buffer of (B, D) floats. Hybrid images
/// need `scratch` of the same size.
void inputs_into(const LabelOverlay& overlay, const InputBatch& data, float* to, float* scratch);

}  // namespace ff
