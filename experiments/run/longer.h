// Making a finished run longer: its training goes on where it ended.
#pragma once

#include <cstdint>
#include <string>

#include "experiments/config/config.h"
#include "ff/data/image_set.h"

namespace ff::experiments {

/// Whether two resolved configs differ in schedule.epochs alone, of which `wanted` has more.
bool is_longer(const Json& wanted, const Json& kept);

/// Why a run of `config` cannot begin as one of only `epochs` does, so that this one could go on to
/// the same bits; empty when it does.
std::string reason_against_longer(const Config& config, std::int64_t epochs, const ImageSet& train);

}  // namespace ff::experiments
