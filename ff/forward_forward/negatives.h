// Negative samples: images with a wrong label.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "ff/core/python_random.h"
#include "ff/forward_forward/negatives_options.h"

namespace ff {

/// Draws a wrong label for each of labels int64 (N): Python's random.choice over the sorted labels
/// that occur, except the image's own. In the original's order: all images of the smallest label
/// first, then of the next. Returns int64 (N). Throws c10::Error if fewer than two labels occur.
at::Tensor draw_wrong_labels(const at::Tensor& labels, PythonRandom& random);

/// As draw_wrong_labels for a single batch, in which some classes may be missing: random.choice
/// over the other `classes` - 1 classes, in the order of the samples. Returns int64 (N) on the
/// labels' device. Throws c10::Error if there are fewer than two classes.
at::Tensor draw_other_labels(const at::Tensor& labels, std::int64_t classes, PythonRandom& random);

}  // namespace ff
