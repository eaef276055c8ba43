#include "experiments/sweep/choose_points.h"

#include <map>
#include <optional>

#include "experiments/records/run_record.h"

namespace ff::experiments {
namespace {

// Returns the mean over the seeds of a point; std::nullopt if any of them has not finished.
std::optional<double> validation_accuracy(const SweepPoint& point,
                                          const std::filesystem::path& folder,
                                          const RecordedRuns& recorded) {
  double sum = 0;
  for (const auto seed : point.config.seeds) {
    const auto run = folder / point.config.name / ("seed-" + std::to_string(seed));
    const auto* elsewhere = recorded.find(point.config, seed);
    if (elsewhere ? elsewhere->diverged() : !std::filesystem::exists(run / "DONE")) {
      return std::nullopt;
    }
    const auto result = elsewhere ? elsewhere->result : read_run(run).result;
    sum += result.at("validation_accuracy").get<double>();
  }
  return sum / static_cast<double>(point.config.seeds.size());
}

}  // namespace

Choice choose_points(const Sweep& sweep,
                     const std::filesystem::path& folder,
                     const RecordedRuns& recorded) {
  Json chosen = Json::object();
  std::map<std::string, const SweepPoint*> winners;
  for (const auto& point : sweep.points) {
    const auto accuracy = validation_accuracy(point, folder, recorded);
    auto& best = chosen[point.of];
    if (best.is_null()) {
      best = {{"set", nullptr},
              {"validation_accuracy", nullptr},
              {"edges", Json::array()},
              {"then", Json::array()}};
      best["candidates"] = Json::array();
    }
    best["candidates"].push_back({{"name", point.config.name},
                                  {"set", point.set},
                                  {"seeds", point.config.seeds.size()},
                                  {"validation_accuracy", accuracy ? Json(*accuracy) : nullptr}});
    if (!accuracy) continue;
    const auto& highest = best["validation_accuracy"];
    if (!highest.is_null() && highest.get<double>() >= *accuracy) continue;
    best["set"] = point.set;
    best["validation_accuracy"] = *accuracy;
    best["edges"] = point.edges;
    best["then"] = Json::array();
    for (const auto& config : point.then) best["then"].push_back(config.name);
    winners[point.of] = &point;
  }
  Choice choice{{{"name", sweep.name}, {"by", *sweep.choose}, {"chosen", chosen}}, {}};
  for (const auto& point : sweep.points) {
    if (winners[point.of] == &point) choice.winners.push_back(&point);
  }
  return choice;
}

}  // namespace ff::experiments
