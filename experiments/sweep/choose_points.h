// Selection of the best grid point of each config of a sweep by validation accuracy.
#pragma once

#include <filesystem>

#include "experiments/sweep/recorded.h"
#include "experiments/sweep/sweep.h"

namespace ff::experiments {

/// Reads the finished runs of `sweep`, from `recorded` or DIR/<name>/seed-<n>/, and selects for
/// each config the point with the highest mean validation accuracy over its seeds; on a tie, the
/// first point of the grid. A point with an unfinished seed is not eligible. Returns
///
///   {"name": the sweep's name, "by": "validation-accuracy",
///    "chosen": {CONFIG: {"set": {KEY: VALUE}, "validation_accuracy": 0.97,
///                        "edges": [keys whose smallest or largest value was selected],
///                        "then": [names of the follow-up runs], "candidates": [...]}}}
///
/// "set" is null for a config without an eligible point. The test set is not used.
struct Choice {
  Json json;
  std::vector<const SweepPoint*> winners;  // points of `sweep`, at most one per config
};
Choice choose_points(const Sweep& sweep,
                     const std::filesystem::path& folder,
                     const RecordedRuns& recorded = {});

}  // namespace ff::experiments
