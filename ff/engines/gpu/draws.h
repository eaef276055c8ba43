// What an epoch's batches draw beside their order, drawn beforehand, as a GPU cannot be told in the
// midst of its steps.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ff/data/augment.h"
#include "ff/engines/gpu/kernel.h"

namespace ff::gpu {

/// What each batch draws.
struct DrawOptions {
  AugmentOptions augment;
  bool hard_labels = false;  // a uniform number for each image
  bool dropout = false;      // a seed
};

/// Moves and uniform numbers from the default CPU generator, in the order in which a learner that
/// sees one batch after the other draws them: the positives' moves, the head's wrong labels or the
/// moves of negatives that have an order of their own. Dropout's seeds come last, and are this
/// engine's alone: others draw a number for each unit, so with dropout what follows differs from
/// theirs. All memory stays where it is.
class Draws {
 public:
  Draws(const DrawOptions& options,
        std::int64_t images,
        std::int64_t streams,
        std::int64_t batch_size,
        const at::Device& place);

  /// Draws for batches of `images` images in all; for `positives_only` where there are no others.
  void begin_epoch(std::int64_t images, bool positives_only);

  /// Leaves the generator as the first `batches` batches leave it, where an epoch was broken off.
  void end_epoch(std::int64_t batches);

  bool any() const { return options_.augment.on() || options_.hard_labels || options_.dropout; }

  /// (streams, images) on the device, by place in the order; null where nothing moves.
  const Move* moves() const;
  /// (images) on the device; null where labels are not drawn.
  const float* uniforms() const;
  /// (batches) on the device; null where nothing is silenced.
  const std::int64_t* seeds() const;

 private:
  void draw(std::int64_t batches);

  DrawOptions options_;
  std::int64_t images_, streams_, batch_size_;
  at::Tensor moves_here_, moves_there_;        // int16 (streams, images, 3)
  at::Tensor uniforms_here_, uniforms_there_;  // float (images)
  at::Tensor seeds_here_, seeds_there_;        // int64 (batches)
  at::Tensor generator_;                       // its state when the epoch began
  std::int64_t in_epoch_ = 0;
  bool positives_only_ = false;
};

}  // namespace ff::gpu
