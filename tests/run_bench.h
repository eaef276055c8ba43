// Runs trained in this process on synthetic data, in a temporary folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/run/together.h"
#include "tests/data_files.h"
#include "tests/e2e_workbench.h"

namespace ff::test {

class RunBench {
 public:
  template <class... More>
  explicit RunBench(const Json& first, const More&... more) {
    for (const Json& json : {first, Json(more)...}) {
      configs_.push_back(experiments::config_from(json, json["name"].get<std::string>()));
    }
  }

  /// Returns the runs of all configs, with folders below `out`.
  std::vector<experiments::Run> runs(const std::string& out) const {
    return experiments::list_runs(configs_, settings(out));
  }
  experiments::RunSettings settings(const std::string& out, bool resume = false) const {
    experiments::RunSettings settings;
    settings.out = folder_ / out;
    settings.quiet = true;
    settings.resume = resume;
    return settings;
  }

  /// make_apart() trains each run by itself, make_together() as a group.
  void make_apart(const std::string& out, bool resume = false) const {
    const auto at_hand = settings(out, resume);
    experiments::DatasetCache dataset_cache(at_hand);
    for (const auto& run : runs(out))
      experiments::execute(run, dataset_cache.get(run.config), at_hand);
  }
  std::vector<experiments::Failure> make_together(const std::string& out,
                                                  bool resume = false) const {
    const auto at_hand = settings(out, resume);
    experiments::DatasetCache dataset_cache(at_hand);
    const auto all = runs(out);
    return experiments::execute_together(all, dataset_cache.get(all.front().config), at_hand);
  }

 private:
  DataFolder folder_;
  std::vector<experiments::Config> configs_;
};

}  // namespace ff::test
