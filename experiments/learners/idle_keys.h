// Config keys that have no effect under the given config.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/config_options.h"

namespace ff::experiments {

/// A key or section without effect, and the setting that causes this: {"optimizer.momentum",
/// "optimizer.type adam"}.
struct IdleKey {
  std::string path, reason;
};

/// Returns all keys and sections without effect, sorted by path; no path contains another.
std::vector<IdleKey> idle_keys(const Config& config);

/// Returns true if idle_keys() contains exactly this key or section.
bool is_idle(const Config& config, const std::string& path);

}  // namespace ff::experiments
