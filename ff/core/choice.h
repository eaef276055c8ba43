// A short list of named alternatives: what a config key may be set to and what each stands for.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "ff/core/text.h"

namespace ff {

/// `names(list)` of entries that have a `name`.
template <class Entry>
std::vector<std::string> names_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.emplace_back(entry.name);
  return names;
}

/// The entry called `name`; throws std::invalid_argument that lists the allowed names.
template <class Entry>
const Entry& find_choice(const std::vector<Entry>& entries,
                         const std::string& name,
                         const std::string& what) {
  for (const auto& entry : entries) {
    if (name == entry.name) return entry;
  }
  throw std::invalid_argument("unknown " + what + " '" + name +
                              "'; allowed: " + joined(names_of(entries)));
}

}  // namespace ff
