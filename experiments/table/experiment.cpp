#include "experiments/table/experiment.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>

#include "experiments/config/config.h"
#include "experiments/table/data_record.h"

namespace ff::experiments {
namespace {

using Runs = std::vector<RunRecord>;
using Key = std::function<std::string(const RunRecord&)>;

// Groups runs by key, in the order of first occurrence.
std::vector<Runs> partition(const Runs& runs, const Key& key) {
  std::vector<Runs> parts;
  std::map<std::string, size_t> index;
  for (const auto& run : runs) {
    const auto [found, is_new] = index.try_emplace(key(run), parts.size());
    if (is_new) parts.emplace_back();
    parts[found->second].push_back(run);
  }
  return parts;
}

// Serialises with sorted keys, as the Python reference may write them in another order.
std::string name_and_config(const RunRecord& run) {
  nlohmann::json config = completed(run.config);
  config.erase("seeds");
  return run.name() + "\n" + config.dump();
}

std::string experiment_folder(const RunRecord& run) { return run.folder.parent_path().string(); }

// Sorts by seed. Returns a run whose seed occurs twice, or nullptr.
const RunRecord* repeated_seed(const Runs& runs) {
  const auto same = [](const auto& a, const auto& b) { return a.seed() == b.seed(); };
  const auto found = std::adjacent_find(runs.begin(), runs.end(), same);
  return found == runs.end() ? nullptr : &*found;
}

void sort_by_seed(Runs& runs) {
  std::stable_sort(
      runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.seed() < b.seed(); });
}

void add_experiment(std::vector<Experiment>& experiments,
                    const Runs& runs,
                    const std::string& data) {
  if (const auto* first = repeated_seed(runs)) {
    throw std::runtime_error(first[0].folder.string() + " and " + first[1].folder.string() +
                             ": the same seed of the same experiment; exclude one");
  }
  experiments.push_back({runs[0].name(), runs, data});
}

// Appends `suffix` to labels that occur more than once.
void disambiguate(std::vector<Experiment>& experiments, const Key& suffix) {
  std::map<std::string, int> count;
  for (const auto& experiment : experiments) ++count[experiment.label];
  for (auto& experiment : experiments) {
    if (count[experiment.label] == 1) continue;
    const auto text = suffix(experiment.runs[0]);
    experiment.label = experiment.runs[0].name() + " (" + (text.empty() ? "." : text) + ")";
  }
}

std::string data_of(const Runs& runs) {
  const auto label = data_label(runs[0].environment);
  return label.empty() ? "not recorded" : label;
}

// Runs without a data record join the group of the others if these agree.
std::vector<Runs> partition_by_data(const Runs& runs) {
  const Key data = [](const RunRecord& run) {
    const auto record = data_record(run.environment);
    return record.is_null() ? "" : nlohmann::json(record).dump();  // nlohmann::json sorts the keys
  };
  std::set<std::string> known;
  for (const auto& run : runs) known.insert(data(run));
  known.erase("");
  if (known.size() <= 1) return {runs};
  return partition(runs, data);
}

}  // namespace

std::vector<Experiment> group_runs(const std::vector<RunRecord>& runs) {
  std::vector<Experiment> experiments;
  for (const auto& alike : partition(runs, name_and_config)) {
    const auto by_data = partition_by_data(alike);
    for (auto group : by_data) {
      const auto data = by_data.size() > 1 ? data_of(group) : "";
      sort_by_seed(group);
      if (!repeated_seed(group)) {
        add_experiment(experiments, group, data);
        continue;
      }
      for (const auto& part : partition(group, experiment_folder)) {
        add_experiment(experiments, part, data);
      }
    }
  }
  disambiguate(experiments,
               [](const auto& run) { return run.folder.parent_path().parent_path().string(); });
  disambiguate(experiments, [](const auto& run) { return run.folder.string(); });
  return experiments;
}

}  // namespace ff::experiments
