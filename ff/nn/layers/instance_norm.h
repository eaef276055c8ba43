// instance-norm: normalisation of each channel of a sample over its positions.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

/// Instance normalisation (Ulyanov et al. 2016, arXiv 1607.08022): a GroupNormImpl (sample_norm.h)
/// with one group per channel; as nn.InstanceNorm2d without running statistics.
LayerKind instance_norm_layer();

}  // namespace ff
