// Extensions of this example project, one per file.
#pragma once

#include "experiments/program.h"

namespace mine {

ff::LayerKind leaky_abs();
ff::LayerKind scaled();
ff::Goodness peak_goodness();
ff::Loss squared_hinge();
ff::ObjectiveKind peak_channels();
ff::experiments::LearnerKind sign_momentum();
ff::experiments::DataKind stripes();

}  // namespace mine
