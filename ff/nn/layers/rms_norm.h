// rms-norm: division by the root mean square of a sample, or of the channels at each position.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

/// RMS normalisation (Zhang & Sennrich 2019, arXiv 1910.07467): y = x / sqrt(mean(x^2) + epsilon) *
/// weight, with weight per channel; no mean is subtracted and there is no shift, so that inputs of
/// 0 stay 0.
LayerKind rms_norm_layer();

}  // namespace ff
