#include "experiments/sweep/recorded.h"

#include <stdexcept>

#include "ff/core/find_choice.h"

namespace ff::experiments {

RecordedRuns::RecordedRuns(const std::vector<std::string>& places) {
  for (const auto& place : places) {
    auto found = find_runs(place);
    if (found.finished.empty()) throw std::runtime_error(place + ": no finished run in it");
    for (auto& run : found.finished) {
      const auto folder = run.folder.string();
      const auto [first, is_new] = runs_.try_emplace({run.name(), run.seed()}, std::move(run));
      if (is_new) continue;
      throw std::runtime_error(first->second.folder.string() + " and " + folder +
                               ": two runs with the same name and seed; exclude one");
    }
  }
}

const RunRecord* RecordedRuns::find(const Config& config, std::int64_t seed) const {
  const auto found = runs_.find({config.name, seed});
  if (found == runs_.end()) return nullptr;
  auto own = config;
  own.seeds = {seed};
  const auto& run = found->second;
  const auto lines = differences(resolved(own), completed(run.config));
  if (lines.empty()) return &run;
  throw std::runtime_error(run.folder.string() + ": is a run that differs in " + joined(lines) +
                           "; exclude it from --records");
}

}  // namespace ff::experiments
