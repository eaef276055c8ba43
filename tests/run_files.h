// Folders of finished runs, written by hand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "experiments/config/json_text.h"

namespace ff::test {

/// Config and environment of a run of ff; tests change what they are about.
experiments::Json sample_config(const std::string& name, std::int64_t seed);
experiments::Json sample_environment();

/// The result of a network of two layers, pruned by 0.9, on the CPU.
experiments::Json sample_result(const std::string& name, std::int64_t seed, double test_accuracy);

/// config.json, environment.json, result.json and DONE in `folder`, which it makes.
void write_run(const std::filesystem::path& folder,
               const experiments::Json& result,
               const experiments::Json& config,
               const experiments::Json& environment = sample_environment());

/// OUT/<name>/seed-<n> of the samples; the folder it made.
std::filesystem::path write_sample_run(const std::filesystem::path& out,
                                       const std::string& name,
                                       std::int64_t seed,
                                       double test_accuracy);

}  // namespace ff::test
