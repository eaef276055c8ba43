// LayerChoice: a subset of a network's layers, as written in a config.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ff {

/// A subset of a network's layers, counted from 0.
struct LayerChoice {
  bool all = true;
  std::optional<std::int64_t> first;  // the first k layers
  std::optional<std::int64_t> from;   // layer k and all layers above it
  std::vector<std::int64_t> list;     // these layers
  bool by_validation = false;         // the range of layers with the best validation accuracy

  bool operator==(const LayerChoice&) const = default;

  /// Returns why this choice is invalid for a network of `depth` layers, with the allowed values;
  /// an empty string if it is valid.
  std::string problem(std::int64_t depth) const;

  /// Returns the chosen layers of a network of `depth` layers; all of them if the choice is made by
  /// validation. Throws OptionError for `key` if the choice is invalid.
  std::vector<std::int64_t> of(std::int64_t depth, const std::string& key) const;
};

}  // namespace ff
