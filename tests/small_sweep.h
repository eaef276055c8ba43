// A small sweep for tests of the program.
#pragma once

#include <string>
#include <vector>

#include "tests/e2e_workbench.h"

namespace ff::test {

// Returns a sweep of two learning rates of an MLP on synthetic data, with 200 validation images.
inline Json small_sweep(const Json& changes = Json::object()) {
  Json sweep = {{"name", "rates"},
                {"configs", {"a.json"}},
                {"set", {{"schedule.epochs", 1}, {"dataset.validation.count", 200}}},
                {"grid", {{"optimizer.learning_rate", {0.0001, 0.01, 0.1}}}}};
  sweep.merge_patch(changes);
  return sweep;
}

inline Ended sweep(const Workbench& bench, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "sweep");
  arguments.insert(arguments.end(), {"--threads", "1"});
  return bench.ff(arguments);
}

}  // namespace ff::test
