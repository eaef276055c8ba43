#include "experiments/run/longer.h"

#include "experiments/learners.h"

namespace ff::experiments {
namespace {

std::vector<Phase> phases_with(Config config, std::int64_t epochs, const ImageSet& train) {
  config.schedule.epochs = epochs;
  PythonRandom random(0);
  return find_learner(config.model.type).make(config, train, random)->phases();
}

}  // namespace

bool is_longer(const Json& wanted, const Json& kept) {
  constexpr const char* kEpochs = "schedule.epochs";
  const auto* more = find_path(wanted, kEpochs);
  const auto* fewer = find_path(kept, kEpochs);
  if (!more || !fewer || !fewer->is_number_integer() || *more <= *fewer) return false;
  auto lengthened = kept;
  set_path(lengthened, kEpochs, *more, "");
  return differences(wanted, lengthened).empty();
}

std::string reason_against_longer(const Config& config,
                                  std::int64_t epochs,
                                  const ImageSet& train) {
  if (epochs == 0) return "it has no epoch to go on from";
  if (config.optimizer.cooldown) {
    return "optimizer.cooldown lowers the learning rate by the share of all epochs, so that the "
           "epochs trained would have had other rates";
  }
  if (config.head.on() && config.head.optimizer.cooldown) {
    return "head.optimizer.cooldown lowers the learning rate by the share of all epochs, so that "
           "the epochs trained would have had other rates";
  }
  if (config.random_order == "notebook-after-sequential") {
    return "random_order notebook-after-sequential draws ahead of the training by the number of "
           "epochs";
  }
  const auto shorter = phases_with(config, epochs, train);
  const auto longer = phases_with(config, config.schedule.epochs, train);
  for (std::size_t i = 0; i + 1 < longer.size(); ++i) {
    if (shorter[i].epochs == longer[i].epochs) continue;
    return "its '" + longer[i].name + "' would train for longer before '" + longer[i + 1].name +
           "' begins";
  }
  return {};
}

}  // namespace ff::experiments
