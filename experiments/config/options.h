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
#include "experiments/data/options.h"
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
    visit("every_epoch",
          self.every_epoch,
          any(),
          "Look at the test set before training and after every epoch; marked in result.json.");
    visit("validation_every",
          self.validation_every,
          at_least(1),
          "Look at the validation images after every so many epochs; null: only where every_epoch "
          "does.");
    visit("batch_size",
          self.batch_size,
          between(1, 1e6),
          "Images per block of an evaluation; bounds its memory.");
  }
};

struct MeasuresOptions {
  std::int64_t every_epochs = 0;
  std::int64_t batches = 4;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "every_epochs",
        self.every_epochs,
        at_least(0),
        "Epochs between two looks at how the rule learns beside backpropagation, the first of them "
        "before training; 0: none.");
    visit("batches",
          self.batches,
          at_least(1),
          "Batches of each look: the first training images, batch_size at a time.");
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
          "Epochs between two checkpoints; more where writing them would take over a tenth of the "
          "time.");
    visit("keep",
          self.keep,
          one_of({"last", "all"}),
          "last: one checkpoint, replaced each time; all: one more per epoch, checkpoint-0001.pt, "
          "however long it takes.");
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
          "Where editors find the schema of this file ('ff config --format schema' prints it); "
          "changes nothing.");
    visit("comment",
          self.comment,
          any(),
          "For readers; changes nothing, and the run folder's config.json leaves it out.");
    visit("name",
          self.name,
          nonempty(any()),
          "The experiment's name and its run folder's: letters, digits, '_', '-' and '.'.");
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
          "The order in which random numbers are drawn: plain, or as the original's notebooks do.");
    visit("engine",
          self.engine,
          one_of({"auto", "autograd", "fused"}),
          "autograd: LibTorch's operations in the original's order, the readable truth; fused: "
          "gradients in closed form, equal to it but for rounding (on a GPU, dropout draws other "
          "units), and much faster; auto: fused where there is one.");
    visit("precision",
          self.precision,
          one_of({"float32", "bf16"}),
          "Of the matrix products of training, in the fused engine: float32, or bf16 (bfloat16, 8 "
          "bits of a number), with weights, their updates and the evaluation in float32. On a CPU, "
          "a first layer that makes use of its background stays float32.");
    visit("fused", self.fused);
    visit("seeds", self.seeds, nonempty(between(0, 4294967295.0)), "One run for each.");
  }
};

}  // namespace ff::experiments
