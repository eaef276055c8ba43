#include "experiments/run/extension.h"

#include "experiments/learners.h"

namespace ff::experiments {
namespace {

std::vector<Phase> phases_with(Config config, std::int64_t epochs, const ImageSet& train) {
  config.schedule.epochs = epochs;
  PythonRandom random(0);
  return find_learner(config.model.type).make(config, train, random)->phases();
}

}  // namespace

bool is_extension(const Json& wanted, const Json& kept) {
  constexpr const char* kEpochs = "schedule.epochs";
  const auto* more = find_path(wanted, kEpochs);
  const auto* fewer = find_path(kept, kEpochs);
  if (!more || !fewer || !fewer->is_number_integer() || *more <= *fewer) return false;
  auto lengthened = kept;
  set_path(lengthened, kEpochs, *more, "");
  return differences(wanted, lengthened).empty();
}

std::string reason_against_extension(const Config& config,
                                     std::int64_t epochs,
                                     const ImageSet& train) {
  if (epochs == 0) return "it was not trained (schedule.epochs 0)";
  const auto of_rate = [](const std::string& section, const OptimizerOptions& optimizer) {
    const bool scheduled = optimizer.schedule != "constant";
    if (!scheduled && !optimizer.cooldown) return std::string();
    return section + (scheduled ? ".schedule " + optimizer.schedule : ".cooldown") +
           " schedules the learning rate over all epochs, so the finished epochs used other rates";
  };
  const auto of_layers = of_rate("optimizer", config.optimizer);
  if (!of_layers.empty()) return of_layers;
  const auto of_head = config.head.on() ? of_rate("head.optimizer", config.head.optimizer) : "";
  if (!of_head.empty()) return of_head;
  if (config.random_order == "notebook-after-sequential") {
    return "random_order notebook-after-sequential makes draws before training that depend on the "
           "number of epochs";
  }
  const auto shorter = phases_with(config, epochs, train);
  const auto longer = phases_with(config, config.schedule.epochs, train);
  for (std::size_t i = 0; i + 1 < longer.size(); ++i) {
    if (shorter[i].epochs == longer[i].epochs) continue;
    return "its '" + longer[i].name + "' would need more epochs before '" + longer[i + 1].name +
           "' begins";
  }
  return {};
}

}  // namespace ff::experiments
