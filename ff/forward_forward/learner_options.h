// Everything a Forward-Forward learner can be told.
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
  std::string engine = "autograd";    // or "fused", or "auto": fused where it can
  std::string precision = "float32";  // of the fused engine's products: or "bf16"
  FusedOptions fused;
  std::int64_t batch_size = 64;  // at most
};

/// How many layers learn, each by its own loss.
std::int64_t depth_of(const FFLearnerOptions& options);

/// What `options` ask for that cannot be, each with its reason and cure; empty when all can.
std::vector<OptionProblem> problems_of(const FFLearnerOptions& options);

/// The same of batches that come from a stream, which has no length and is passed once.
std::vector<OptionProblem> problems_with_stream(const FFLearnerOptions& options);

}  // namespace ff
