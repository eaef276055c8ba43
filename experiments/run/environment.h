// Description of the hardware and software of a run.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "experiments/config/json_text.h"
#include "experiments/data/load.h"
#include "ff/engines/engine_choice.h"

namespace ff::experiments {

/// Sets the number of threads (0: number of available cores) and the precision of CUDA matrix
/// products. Returns the number of threads.
std::int64_t set_up_threads(std::int64_t threads);

/// Returns environment.json: commit, compiler, LibTorch version, device, threads, engine, why a
/// faster engine was not available ("engine_reason", for engine auto), the data set with its
/// anomalies ("warnings", if any), and the command line.
Json environment(const at::Device& device,
                 const EngineChoice& engine,
                 const LoadedData& data,
                 const std::string& command);

/// Returns the output of `ff --version`.
std::string version_text();

}  // namespace ff::experiments
