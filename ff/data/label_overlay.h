// LabelOverlay: embeds a label in an image's pixels, which is how a Forward-Forward network
// receives an image together with a class.
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "ff/data/label_options.h"

namespace ff {

/// One-hot label in the first `classes` values of a flattened image (N, D): channel 0 from the
/// first pixel on, row by row. They are set to 0 (in normalised units, as in the original), and the
/// label's entry to `value`.
class LabelOverlay {
 public:
  /// Throws OptionError (a std::invalid_argument) if there are more classes than pixels per
  /// channel.
  LabelOverlay(std::int64_t classes, std::int64_t pixels, double value, double neutral);

  /// Writes labels int64 (N) into samples (N, D), in place.
  void write_(at::Tensor rows, const at::Tensor& labels) const;

  /// Writes the same label into every sample (N, D), in place.
  void write_(at::Tensor rows, std::int64_t label) const;

  /// Sets all label pixels of samples (N, D) to the neutral value, in place: no label.
  void write_neutral_(at::Tensor rows) const;

  std::int64_t classes() const { return classes_; }
  double neutral() const { return neutral_; }
  /// The label's pixel value, float64 (1) on the CPU; live, so that a checkpoint can restore it.
  const at::Tensor& value() const { return value_; }

 private:
  std::int64_t classes_;
  at::Tensor value_;
  double neutral_;
};

}  // namespace ff
