// A closed list of types that stand for named alternatives, for code that a GPU runs: there are no
// function pointers to a host's functions there, so the choice is an index into the list.
#pragma once

#include <string_view>

#include "ff/math/host_device_code.h"

namespace ff {

/// Types with a static member `name` each.
template <class... Each>
struct Types {
  /// Where the type called `name` stands; -1: there is none.
  static constexpr int find(std::string_view name) {
    int index = 0, found = -1;
    ((found = found < 0 && name == Each::name ? index : found, ++index), ...);
    return found;
  }

  /// Calls f with a value of the type at `index`.
  template <class F>
  FF_HD static void with(int index, const F& f) {
    int i = 0;
    ((i++ == index ? f(Each{}) : void()), ...);
  }
};

}  // namespace ff
