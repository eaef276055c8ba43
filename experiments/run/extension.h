// Extending a finished run to more epochs.
#pragma once

#include <cstdint>
#include <string>

#include "experiments/config/config.h"
#include "ff/data/image_set.h"

namespace ff::experiments {

/// Returns true if two resolved configs differ only in schedule.epochs, and `wanted` has more.
bool is_extension(const Json& wanted, const Json& kept);

/// Returns why a run of `config` is not bit-identical to one of `epochs` epochs up to that point,
/// so it cannot continue from it; empty if it can.
std::string reason_against_extension(const Config& config,
                                     std::int64_t epochs,
                                     const ImageSet& train);

}  // namespace ff::experiments
