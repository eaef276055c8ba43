// Detection of finished runs that have not learned.
#pragma once

#include <string>

#include "experiments/config/config_options.h"
#include "experiments/run/final_evaluation.h"
#include "ff/data/image_set.h"

namespace ff::experiments {

/// Returns the accuracy on `labels` (int64, (N)) that separates learning from guessing: that of
/// predicting the most frequent class, plus three standard deviations (a one-sided error of about
/// one in a thousand). Returns 1 if there are too few labels.
double accuracy_of_guessing(const at::Tensor& labels);

/// Returns a one-line warning with the symptom on the test set (constant goodness of a layer, a
/// single predicted class, chance accuracy) and the usual remedy. Empty if the run has learned or
/// was not meant to.
std::string outcome_warning(const Config& config,
                            const ImageSet& test,
                            const FinalEvaluation& evaluation);

}  // namespace ff::experiments
