// group-norm: normalisation over groups of channels of a sample.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

/// A GroupNormImpl (sample_norm.h) of `groups` groups, which must divide the channels.
LayerKind group_norm_layer();

}  // namespace ff
