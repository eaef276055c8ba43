// Negative data: images that carry a wrong label.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "ff/core/python_random.h"
#include "ff/forward_forward/negatives_options.h"

namespace ff {

/// One wrong label for each of labels int64 (N): Python's random.choice over the sorted labels
/// that occur, without the image's own. Drawn as the original draws: first for all images of the
/// smallest label, in their order, then for the next. Returns int64 (N).
/// Throws c10::Error when fewer than two labels occur.
at::Tensor draw_wrong_labels(const at::Tensor& labels, PythonRandom& random);

/// The same for the samples of one batch, of which some classes may be missing: random.choice over
/// the `classes` - 1 other classes, sample by sample. Returns int64 (N) on the labels' device.
/// Throws c10::Error when there are fewer than two classes.
at::Tensor draw_other_labels(const at::Tensor& labels, std::int64_t classes, PythonRandom& random);

}  // namespace ff
