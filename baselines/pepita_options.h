// Config keys of PEPITA.
#pragma once

#include "ff/core/fields.h"

namespace ff::baselines {

struct PepitaOptions {
  double scale = 0.05;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "scale",
        self.scale,
        above(0),
        "Scale of the matrix that projects the error onto the input: U(+-scale sqrt(6 / pixels)).");
  }
};

}  // namespace ff::baselines
