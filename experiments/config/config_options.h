// All options of an experiment, as read from a JSON file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "baselines/auxiliary_options.h"
#include "baselines/feedback_options.h"
#include "baselines/hebbian_options.h"
#include "baselines/local_options.h"
#include "baselines/pepita_options.h"
#include "baselines/perturbation_options.h"
#include "baselines/synthetic_options.h"
#include "baselines/target_options.h"
#include "experiments/config/comment.h"
#include "experiments/config/rule_options.h"
#include "experiments/data/dataset_options.h"
#include "ff/core/fields.h"
#include "ff/data/augment_options.h"
#include "ff/data/label_options.h"
#include "ff/engines/cpu/fused_options.h"
#include "ff/forward_forward/head_options.h"
#include "ff/forward_forward/loss_options.h"
#include "ff/forward_forward/model_options.h"
#include "ff/forward_forward/negatives_options.h"
#include "ff/forward_forward/predict_options.h"
#include "ff/forward_forward/schedule_options.h"
#include "ff/learn/prune_options.h"
#include "ff/optim/optimizer_options.h"

namespace ff::experiments {

struct EvaluateOptions {
  bool every_epoch = false;
  std::optional<std::int64_t> validation_every;
  std::int64_t batch_size = 1000;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "every_epoch",
        self.every_epoch,
        any(),
        "Evaluate on the test set before training and after every epoch; recorded in result.json.");
    visit("validation_every",
          self.validation_every,
          at_least(1),
          "Number of epochs between evaluations on the validation images; null: only with "
          "every_epoch.");
    visit("batch_size",
          self.batch_size,
          between(1, 1e6),
          "Images per forward pass of an evaluation; bounds its memory.");
  }
};

struct MeasuresOptions {
  std::int64_t every_epochs = 0;
  std::int64_t batches = 4;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("every_epochs",
          self.every_epochs,
          at_least(0),
          "Epochs between comparisons of the rule's gradient with backpropagation's, the first "
          "before training; 0: none.");
    visit("batches",
          self.batches,
          at_least(1),
          "Batches per comparison: the first training images, batch_size at a time.");
  }
};

struct CheckpointOptions {
  std::int64_t every_epochs = 1;
  std::string keep = "last";

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("every_epochs",
          self.every_epochs,
          at_least(1),
          "Epochs between checkpoints; increased where writing them would take over a tenth of the "
          "time.");
    visit("keep",
          self.keep,
          one_of({"last", "all"}),
          "last: one checkpoint, overwritten each time; all: also one per epoch "
          "(checkpoint-0001.pt), however long writing takes.");
  }
};

struct Config {
  std::string file;  // source file, for messages; not a key
  std::string schema;
  Comment comment;
  std::string name;
  DatasetOptions dataset;
  AugmentOptions augment;
  LabelOptions label;
  ModelOptions model;
  RuleOptions rule;
  baselines::FeedbackOptions feedback;
  LossOptions loss;
  NegativesOptions negatives;
  ScheduleOptions schedule;
  baselines::LocalLossOptions local;
  baselines::AuxiliaryOptions auxiliary;
  baselines::SyntheticOptions synthetic;
  baselines::TargetOptions targets;
  baselines::PepitaOptions pepita;
  baselines::PerturbationOptions perturbation;
  baselines::HebbianOptions hebbian;
  OptimizerOptions optimizer;
  std::int64_t batch_size = 64;
  HeadOptions head;
  PredictOptions predict;
  PruneOptions prune;
  EvaluateOptions evaluate;
  MeasuresOptions measures;
  CheckpointOptions checkpoint;
  std::string random_order = "plain";
  std::string engine = "auto";
  std::string precision = "float32";
  FusedOptions fused;
  std::vector<std::int64_t> seeds = {0};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("$schema",
          self.schema,
          any(),
          "JSON Schema of this file, for editors ('ff config --format schema' prints it); has no "
          "effect.");
    visit("comment",
          self.comment,
          any(),
          "For human readers; has no effect and is omitted from the run folder's config.json.");
    visit("name",
          self.name,
          nonempty(any()),
          "Name of the experiment and of its run folder: letters, digits, '_', '-' and '.'.");
    visit("dataset", self.dataset);
    visit("augment", self.augment);
    visit("label", self.label);
    visit("model", self.model);
    if constexpr (!std::is_const_v<Self>) self.rule.type = self.model.type;
    visit("rule", self.rule);
    visit("feedback", self.feedback);
    visit("loss", self.loss);
    visit("negatives", self.negatives);
    visit("schedule", self.schedule);
    visit("local", self.local);
    visit("auxiliary", self.auxiliary);
    visit("synthetic", self.synthetic);
    visit("targets", self.targets);
    visit("pepita", self.pepita);
    visit("perturbation", self.perturbation);
    visit("hebbian", self.hebbian);
    visit("optimizer", self.optimizer);
    visit("batch_size", self.batch_size, between(1, 1e6), "Images per update.");
    visit("head", self.head);
    visit("predict", self.predict);
    visit("prune", self.prune);
    visit("evaluate", self.evaluate);
    visit("measures", self.measures);
    visit("checkpoint", self.checkpoint);
    visit("random_order",
          self.random_order,
          one_of({"plain", "notebook", "notebook-after-sequential", "bp-notebook"}),
          "Order in which random numbers are drawn: plain, or as in the original's notebooks.");
    visit("engine",
          self.engine,
          one_of({"auto", "autograd", "fused"}),
          "autograd: LibTorch operations in the original's order, the reference; fused: gradients "
          "in closed form, equal up to rounding (on a GPU, dropout masks differ) and much faster; "
          "auto: fused where supported.");
    visit("precision",
          self.precision,
          one_of({"float32", "bf16"}),
          "Precision of the matrix products in training, fused engine only: float32, or bf16 "
          "(bfloat16, 8-bit significand) with weights, updates and evaluation in float32. On a "
          "CPU, a first layer that uses fused.background stays float32.");
    visit("fused", self.fused);
    visit(
        "seeds", self.seeds, nonempty(between(0, 4294967295.0)), "Random seeds; one run per seed.");
  }
};

}  // namespace ff::experiments
