// Hand-written folders of finished runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "experiments/config/json_text.h"

namespace ff::test {

/// Config and environment of a run, to be modified by tests.
experiments::Json sample_config(const std::string& name, std::int64_t seed);
experiments::Json sample_environment();

/// Returns the result of a two-layer network, pruned by 0.9, on the CPU.
experiments::Json sample_result(const std::string& name, std::int64_t seed, double test_accuracy);

/// Creates `folder` and writes config.json, environment.json, result.json and DONE.
void write_run(const std::filesystem::path& folder,
               const experiments::Json& result,
               const experiments::Json& config,
               const experiments::Json& environment = sample_environment());

/// Writes the sample run OUT/<name>/seed-<n> and returns its folder.
std::filesystem::path write_sample_run(const std::filesystem::path& out,
                                       const std::string& name,
                                       std::int64_t seed,
                                       double test_accuracy);

}  // namespace ff::test
