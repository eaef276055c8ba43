// The data of one step of Forward-Forward: which images, moved how, mixed with what, carrying which
// label. Said once, and turned into rows by the engine that runs.
#pragma once

#include <memory>

#include <ATen/core/Tensor.h>

#include "ff/data/augment.h"
#include "ff/data/image_set.h"
#include "ff/data/label_overlay.h"

namespace ff {

/// What stands at the label's pixels.
enum class LabelPixels { kLabel, kNeutral, kImage };

/// Positives, negatives, or the images that a head looks at.
struct DataRows {
  std::shared_ptr<const ImageSet> samples;
  at::Tensor images;  // int64 (B), rows of `samples`, on the CPU
  at::Tensor ids;     // int64 (B), rows of the resident set; undefined: samples of a stream
  Moves moves;        // of these images
  LabelPixels pixels = LabelPixels::kLabel;
  at::Tensor labels;  // int64 (B), on the samples' device; for kLabel

  // Of hybrid images, what stands where the mask is not set.
  at::Tensor others;  // int64 (B), rows of `samples`, on the CPU; undefined: no hybrids
  Moves other_moves;
  at::Tensor masks;  // bool (B, H, W), on the CPU

  std::int64_t size() const { return images.numel(); }
};

/// The normalised rows (B, D) on the samples' device.
at::Tensor rows_of(const LabelOverlay& overlay, const DataRows& data);

/// The same of samples on the CPU, into memory for (B, D) that is there; `scratch` is as large, for
/// hybrid images.
void rows_into(const LabelOverlay& overlay, const DataRows& data, float* to, float* scratch);

}  // namespace ff
