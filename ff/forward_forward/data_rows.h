// The data of one step of Forward-Forward: which images, moved how, mixed with what, carrying which
// label. Said once, and turned into rows by the engine that runs.
#pragma once

#include <ATen/core/Tensor.h>

#include "ff/data/augment.h"
#include "ff/data/image_set.h"
#include "ff/data/label_overlay.h"

namespace ff {

/// What stands at the label's pixels.
enum class LabelPixels { kLabel, kNeutral, kImage };

/// Positives, negatives, or the images that a head looks at.
struct DataRows {
  at::Tensor images;  // int64 (B), indices into the set, on the CPU
  Moves moves;        // of these images
  LabelPixels pixels = LabelPixels::kLabel;
  at::Tensor labels;  // int64 (B), on the set's device; for kLabel

  // Of hybrid images, what stands where the mask is not set.
  at::Tensor others;  // int64 (B), indices, on the CPU; undefined: no hybrids
  Moves other_moves;
  at::Tensor masks;  // bool (B, H, W), on the CPU

  std::int64_t size() const { return images.numel(); }
};

/// The normalised rows (B, D) on the set's device.
at::Tensor rows_of(const ImageSet& set, const LabelOverlay& overlay, const DataRows& data);

/// The same of a set on the CPU, into memory for (B, D) that is there; `scratch` is as large, for
/// hybrid images.
void rows_into(const ImageSet& set,
               const LabelOverlay& overlay,
               const DataRows& data,
               float* to,
               float* scratch);

}  // namespace ff
