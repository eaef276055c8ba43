// Registers Forward-Forward (Hinton 2022).
#include "experiments/learners/kinds.h"
#include "ff/core/option_error.h"
#include "ff/engines/gpu/devices.h"
#include "ff/forward_forward/goodness_learner.h"

namespace ff::experiments {
namespace {

FFLearnerOptions options_of(const Config& config) {
  return {.augment = config.augment,
          .label = config.label,
          .model = config.model,
          .loss = config.loss,
          .negatives = config.negatives,
          .schedule = config.schedule,
          .optimizer = config.optimizer,
          .head = config.head,
          .predict = config.predict,
          .engine = config.engine,
          .precision = config.precision,
          .fused = config.fused,
          .batch_size = config.batch_size};
}

// Negative samples carry a wrong label, so at least two classes are needed.
void refuse_one_class(const Config& config, const ImageSet& train) {
  if (config.negatives.type == "hybrid") return;
  const auto least = train.labels.min().item<std::int64_t>();
  if (train.labels.max().item<std::int64_t>() != least) return;
  throw OptionError({"dataset",
                     "all " + std::to_string(train.size()) + " training images are of class " +
                         std::to_string(least) + ", but negatives.type " + config.negatives.type +
                         " needs wrong labels; add images of other classes, or use a larger "
                         "dataset.train_limit"});
}

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom& random) {
  refuse_one_class(config, train);
  return std::make_unique<FFLearner>(options_of(config), train, random);
}

EngineChoice engine(const Config& config, const at::Device& device) {
  return choose_engine(options_of(config), device);
}

void check(const Config& config, Problems& problems) {
  for (const auto& [path, text] : problems_of(options_of(config))) problems.add(path, text);
  if (config.model.init == "zero") {
    problems.add("model.init",
                 "zero makes all units of a layer equal, and Forward-Forward keeps them equal; "
                 "allowed with model.type ff: torch, normal");
  }
}

// Maximum width of a layer for group training, above which one network saturates a GPU by itself,
// and maximum number of runs per group.
constexpr std::int64_t kWideLayer = 1024, kAtOnce = 8;

std::int64_t preferred_group_size(const Config& config, const at::Device& device) {
  if (!gpu::is_gpu(device) || engine(config, device).engine != "fused") return 0;
  // Group training supports neither a trained head nor per-batch random numbers (augmentation,
  // dropout).
  if (config.head.on() || config.augment.on() || config.model.dropout > 0) return 0;
  for (const auto& block : blocks_of(config.model)) {
    if (block.front().width > kWideLayer) return 1;
  }
  return kAtOnce;
}

std::unique_ptr<LearnerGroup> together(const std::vector<Learner*>& learners) {
  std::vector<FFLearner*> all;
  for (auto* learner : learners) all.push_back(&dynamic_cast<FFLearner&>(*learner));
  return FFLearner::together(all);
}

}  // namespace

LearnerKind ff_kind() {
  return {"ff",
          "Forward-Forward (Hinton 2022)",
          {"augment",
           "head",
           "label",
           "loss",
           "measures",
           "negatives",
           "precision",
           "predict",
           "schedule.type",
           "model.goodness",
           "model.threshold",
           "model.normalize",
           "model.dropout",
           "model.peer"},
          OptimizerOptions{}.learning_rate,
          make,
          engine,
          check,
          preferred_group_size,
          together};
}

}  // namespace ff::experiments
