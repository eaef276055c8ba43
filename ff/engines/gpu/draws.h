// Draws: random numbers of an epoch's batches, drawn on the host before the epoch and uploaded,
// because captured steps cannot call the host.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ff/data/augment.h"
#include "ff/engines/gpu/kernel.h"

namespace ff::gpu {

/// What is drawn for each batch.
struct DrawOptions {
  AugmentOptions augment;
  bool hard_labels = false;  // one uniform number per image
  bool dropout = false;      // one seed per batch
};

/// Draws augmentation and uniform numbers from the default CPU generator, in the same order as a
/// learner that trains batch by batch: the positives' augmentation, then the head's hard labels or
/// the augmentation of independent negatives. Dropout seeds come last and are specific to this
/// engine; other engines draw a number per unit, so with dropout later draws differ from theirs.
/// Buffers keep their addresses, as captured graphs refer to them.
class Draws {
 public:
  Draws(const DrawOptions& options,
        std::int64_t images,
        std::int64_t streams,
        std::int64_t batch_size,
        const at::Device& place);

  /// Draws for the batches of `images` images in total; if `positives_only`, not for negatives.
  void begin_epoch(std::int64_t images, bool positives_only);

  /// Ends an epoch after `batches` batches. If it was cut short, resets the generator to its state
  /// after these batches.
  void end_epoch(std::int64_t batches);

  bool any() const { return options_.augment.on() || options_.hard_labels || options_.dropout; }

  /// (streams, images) on the device, by position in the order; null without augmentation.
  const Move* moves() const;
  /// (images) on the device; null without hard labels.
  const float* uniforms() const;
  /// (batches) on the device; null without dropout.
  const std::int64_t* seeds() const;

 private:
  void draw(std::int64_t batches);

  DrawOptions options_;
  std::int64_t images_, streams_, batch_size_;
  at::Tensor host_moves_, device_moves_;        // int16 (streams, images, 3), host and device
  at::Tensor host_uniforms_, device_uniforms_;  // float (images)
  at::Tensor host_seeds_, device_seeds_;        // int64 (batches)
  at::Tensor generator_;                        // generator state at the start of the epoch
  std::int64_t in_epoch_ = 0;
  bool positives_only_ = false;
};

}  // namespace ff::gpu
