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
  if (config.optimizer.cooldown) {
    return "optimizer.cooldown schedules the learning rate over all epochs, so the finished epochs "
           "used other rates";
  }
  if (config.head.on() && config.head.optimizer.cooldown) {
    return "head.optimizer.cooldown schedules the learning rate over all epochs, so the finished "
           "epochs used other rates";
  }
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
