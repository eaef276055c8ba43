// Lookup in a list of named alternatives, such as the allowed values of a config key.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "ff/core/text.h"

namespace ff {

/// Returns the names of `entries`, in order.
template <class Entry>
std::vector<std::string> names_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.emplace_back(entry.name);
  return names;
}

/// Returns the entry called `name`. Throws std::invalid_argument, listing the allowed names, if
/// there is none; `what` names the kind of entry in the message.
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
