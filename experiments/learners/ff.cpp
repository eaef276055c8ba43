// Forward-Forward, as a config makes it.
#include "experiments/learners/kinds.h"
#include "ff/ff_learner.h"

namespace ff::experiments {
namespace {

FFLearnerOptions options_of(const Config& config) {
  return {.model = config.model,
          .label = config.label,
          .loss = config.loss,
          .negatives = config.negatives,
          .schedule = config.schedule,
          .optimizer = config.optimizer,
          .predict = config.predict,
          .engine = config.engine,
          .fused = config.fused,
          .batch_size = config.batch_size};
}

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom& random) {
  return std::make_unique<FFLearner>(options_of(config), train, random);
}

std::string engine(const Config& config, const at::Device& device) {
  return choose_engine(options_of(config), device);
}

void check(const Config& config, Problems& problems) {
  try {
    config.predict.layers.of(static_cast<std::int64_t>(config.model.widths.size()));
  } catch (const std::invalid_argument& error) {
    const std::string text = error.what();  // "predict.layers: ..."
    problems.add("predict.layers", text.substr(text.find(": ") + 2));
  }
  if (config.model.init == "zero") {
    problems.add("model.init",
                 "zero makes the units of a layer alike, and Forward-Forward keeps them so; "
                 "allowed with model.type ff: torch, normal");
  }
}

}  // namespace

LearnerKind ff_kind() {
  return {"ff",
          "Forward-Forward (Hinton 2022)",
          {"label",
           "loss",
           "negatives",
           "predict",
           "schedule.type",
           "model.goodness",
           "model.threshold",
           "model.normalize"},
          OptimizerOptions{}.learning_rate,
          make,
          engine,
          check};
}

}  // namespace ff::experiments
