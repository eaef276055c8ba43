// Backpropagation, as a config makes it.
#include "baselines/backprop.h"
#include "experiments/learners/kinds.h"

namespace ff::experiments {
namespace {

baselines::BackpropOptions options_of(const Config& config) {
  return {.mlp = {.widths = config.model.widths,
                  .activation = config.model.activation,
                  .init = config.model.init},
          .optimizer = config.optimizer,
          .epochs = config.schedule.epochs,
          .engine = config.engine,
          .fused = config.fused,
          .batch_size = config.batch_size,
          .augment = config.augment};
}

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  return std::make_unique<baselines::Backprop>(options_of(config), train);
}

std::string engine(const Config& config, const at::Device& device) {
  return baselines::choose_engine(options_of(config), device);
}

void check(const Config&, Problems&) {}

}  // namespace

LearnerKind bp_kind() {
  return {"bp",
          "backpropagation of the cross-entropy",
          {"augment"},
          /*learning_rate=*/0.01,
          make,
          engine,
          check};
}

}  // namespace ff::experiments
