// layer-norm: normalisation over all values of a sample, or over the channels at each position.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

/// Layer normalisation (Ba et al. 2016, arXiv 1607.06450): y = (x - mean) / sqrt(variance +
/// epsilon) * weight + bias, with weight and bias per channel, so that their number does not depend
/// on the size of the image. Over a sample it is group-norm with one group.
LayerKind layer_norm_layer();

}  // namespace ff
