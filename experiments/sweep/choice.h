// The best point of each config of a sweep, by validation images alone.
#pragma once

#include <filesystem>

#include "experiments/sweep/recorded.h"
#include "experiments/sweep/sweep.h"

namespace ff::experiments {

/// Reads the finished runs of `sweep`, recorded or in DIR/<name>/seed-<n>/, and compares the points
/// of each config by their mean validation accuracy over its seeds; of equal ones, the first of the
/// grid wins. A point of which not every seed finished cannot win. Returns
///
///   {"name": the sweep's, "by": "validation-accuracy",
///    "chosen": {CONFIG: {"set": {KEY: VALUE}, "validation_accuracy": 0.97,
///                        "edges": [keys whose smallest or largest value won],
///                        "then": [names of what runs after the choice], "candidates": [...]}}}
///
/// with a null "set" for a config that no point can win. The test set has no part in it.
struct Choice {
  Json json;
  std::vector<const SweepPoint*> winners;  // within `sweep`, at most one of each config
};
Choice choose_points(const Sweep& sweep,
                     const std::filesystem::path& folder,
                     const RecordedRuns& recorded = {});

}  // namespace ff::experiments
