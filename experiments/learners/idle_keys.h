// Keys that a config may name and that change nothing: the one place that knows them.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/options.h"

namespace ff::experiments {

/// A key or a section that has no effect under a config, and what makes it so:
/// "optimizer.momentum" and "optimizer.type adam".
struct IdleKey {
  std::string path, reason;
};

/// All of them, by path. None lies within another.
std::vector<IdleKey> idle_keys(const Config& config);

/// Whether one of idle_keys() is this very key or section.
bool is_idle(const Config& config, const std::string& path);

}  // namespace ff::experiments
