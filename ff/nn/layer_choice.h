// Some of a network's layers, as a config names them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ff {

/// Layers count from 0.
struct LayerChoice {
  bool all = true;
  std::optional<std::int64_t> first;  // the first k layers
  std::optional<std::int64_t> from;   // layer k and all above it
  std::vector<std::int64_t> list;     // these layers
  bool by_validation = false;         // the range that does best on the validation images

  bool operator==(const LayerChoice&) const = default;

  /// What is wrong with this choice for a network of `depth`, with what is allowed; empty: nothing.
  std::string problem(std::int64_t depth) const;

  /// The chosen layers of a network of `depth`, all of them where validation is still to choose.
  /// Throws OptionError of `key` where there is a problem.
  std::vector<std::int64_t> of(std::int64_t depth, const std::string& key) const;
};

}  // namespace ff
