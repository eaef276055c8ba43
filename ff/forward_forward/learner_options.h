// Everything a Forward-Forward learner can be told.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ff/core/option_error.h"
#include "ff/data/augment.h"
#include "ff/data/label_overlay.h"
#include "ff/engines/cpu/fused_options.h"
#include "ff/forward_forward/head.h"
#include "ff/forward_forward/negatives.h"
#include "ff/forward_forward/network.h"
#include "ff/nn/layer_choice.h"

namespace ff {

struct ScheduleOptions {
  std::string type = "sequential";
  std::int64_t epochs = 3;
  std::optional<std::int64_t> max_steps;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of({"sequential", "parallel"}),
          "sequential: layer by layer, the earlier ones frozen; parallel: every layer on every "
          "batch, each fed what the layer below gave before its update.");
    visit("epochs",
          self.epochs,
          between(0, 1e6),
          "Epochs; in the sequential schedule, of each layer.");
    visit("max_steps",
          self.max_steps,
          at_least(1),
          "Training ends after so many batches in all (for tests); null: never.");
  }
};

struct PredictOptions {
  std::string by = "goodness";
  LayerChoice layers;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "by",
        self.by,
        one_of({"goodness", "head"}),
        "goodness: every label is tried, and the layers' goodness decides; head: one pass without "
        "a label. What else there is, is reported beside it.");
    visit("layers",
          self.layers,
          one_of({"all", "validation"}),
          "Layers whose goodness is averaged: all, {\"first\": k}, {\"from\": k} for layer k and "
          "those above, a list of layers from 0, or validation: the range of layers that is right "
          "most often on the validation images.");
  }
};

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

/// Keys that mean nothing under `options`: dotted paths, each with what makes it so, such as
/// "negatives.type hard-label".
std::map<std::string, std::string> meaningless_under(const FFLearnerOptions& options);

}  // namespace ff
