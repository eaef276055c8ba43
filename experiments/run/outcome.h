// What the figures of a finished run say when it has not learned.
#pragma once

#include <string>

#include "experiments/config/options.h"
#include "experiments/run/judge.h"
#include "ff/data/image_set.h"

namespace ff::experiments {

/// The accuracy on `labels` int64 (N) that a prediction which knows nothing of the images stays
/// below, but for one in a thousand: naming the most frequent class, plus three standard
/// deviations. 1 where there are too few labels to tell.
double accuracy_of_guessing(const at::Tensor& labels);

/// One line: what was seen on the test images (a layer that gives everything the same goodness, one
/// class for all, an accuracy of guessing) and what usually cures it. Empty where the run has
/// learned, or was not to.
std::string outcome_warning(const Config& config, const ImageSet& test, const Judgement& judgement);

}  // namespace ff::experiments
