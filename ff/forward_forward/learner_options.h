// All options of a Forward-Forward learner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ff/core/option_error.h"
#include "ff/data/augment_options.h"
#include "ff/data/label_options.h"
#include "ff/engines/cpu/fused_options.h"
#include "ff/forward_forward/head_options.h"
#include "ff/forward_forward/loss_options.h"
#include "ff/forward_forward/model_options.h"
#include "ff/forward_forward/negatives_options.h"
#include "ff/forward_forward/predict_options.h"
#include "ff/forward_forward/schedule_options.h"
#include "ff/optim/optimizer_options.h"

namespace ff {

struct FFLearnerOptions {
  AugmentOptions augment;
  LabelOptions label;
  ModelOptions model;
  LossOptions loss;
  NegativesOptions negatives;
  ScheduleOptions schedule;
  OptimizerOptions optimizer;
  HeadOptions head;
  PredictOptions predict;
  std::string engine = "autograd";    // or "fused", or "auto": fused if supported
  std::string precision = "float32";  // of the fused engine's matrix products; or "bf16"
  FusedOptions fused;
  std::int64_t batch_size = 64;  // maximum
};

/// Returns the number of layers with a local loss.
std::int64_t depth_of(const FFLearnerOptions& options);

/// Returns the invalid combinations of `options`, each with the reason and a fix; empty if valid.
std::vector<OptionProblem> problems_of(const FFLearnerOptions& options);

/// As problems_of, for training on a stream, which has no length and is read once.
std::vector<OptionProblem> problems_with_stream(const FFLearnerOptions& options);

}  // namespace ff
