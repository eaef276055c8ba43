// What a run ran on and with.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "experiments/config/json_text.h"
#include "experiments/data/load.h"
#include "ff/engines/engine_choice.h"

namespace ff::experiments {

/// Fixes the number of threads (0: the cores at hand) and the precision of CUDA's products;
/// returns the number.
std::int64_t set_up_threads(std::int64_t threads);

/// environment.json: commit, compiler, LibTorch, device, threads, engine and why not a faster one
/// ("engine_reason", where auto could not take it), the data with what is odd about them
/// ("warnings", where there are any), and the command.
Json environment(const at::Device& device,
                 const EngineChoice& engine,
                 const LoadedData& data,
                 const std::string& command);

/// The lines of `ff --version`.
std::string version_text();

}  // namespace ff::experiments
