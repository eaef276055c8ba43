// A closed list of types that stand for named alternatives. Device code cannot call host function
// pointers, so an alternative is selected by its index in the list.
#pragma once

#include <string_view>

#include "ff/math/host_device_code.h"

namespace ff {

/// Types, each with a static member `name`.
template <class... Each>
struct Types {
  /// Returns the index of the type called `name`, or -1.
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
