// dropout: units are set to 0 at random in training.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

/// As nn.Dropout: in training each value is kept with probability 1 - `probability` and divided by
/// it, which preserves the expected sum. Other passes return the input and draw nothing; so does a
/// probability of 0. The mask of a step is determined by one draw from the default CPU generator,
/// whatever the device, so that a resumed run continues with the same masks.
LayerKind dropout_layer();

}  // namespace ff
