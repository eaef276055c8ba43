// The label as pixels: how Forward-Forward sees a class together with an image.
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "ff/data/label_options.h"

namespace ff {

/// Writes labels into rows of pixels. The first `classes` entries of a flattened image are the
/// first pixels of channel 0: of row 0, and where there are more classes than it has pixels, of the
/// rows below. They become 0 (in normalised units, as in the original), and the label's own becomes
/// `value`.
class LabelOverlay {
 public:
  /// Throws std::invalid_argument when a channel of `pixels` has fewer than `classes`.
  LabelOverlay(std::int64_t classes, std::int64_t pixels, double value, double neutral);

  /// Writes labels int64 (N) into rows (N, D), in place.
  void write_(at::Tensor rows, const at::Tensor& labels) const;

  /// Writes the same label into every row (N, D), in place.
  void write_(at::Tensor rows, std::int64_t label) const;

  /// Sets every label pixel of the rows (N, D) to the neutral value, in place.
  void write_neutral_(at::Tensor rows) const;

  std::int64_t classes() const { return classes_; }
  double neutral() const { return neutral_; }
  /// The label pixel's value, float64 (1) on the CPU; live, so that a checkpoint can restore it.
  const at::Tensor& value() const { return value_; }

 private:
  std::int64_t classes_;
  at::Tensor value_;
  double neutral_;
};

}  // namespace ff
