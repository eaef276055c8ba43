// shortcut: adds or appends the input of a block, so that it bypasses the layers in between.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

/// A connection without parameters from the input of a block, this one or one before it: its values
/// are added to the layer's input (He et al. 2016, arXiv 1512.03385), or appended as further
/// channels (Huang et al. 2017, arXiv 1608.06993). A larger image is reduced to the size of the
/// layer's input; for a sum, missing channels count as 0, half of them before and half after the
/// image's own (option A of He et al.).
///
/// It passes on the block's input as the learning rule provides it: a rule that detaches the input
/// of each block sends no gradient through it to the blocks below.
LayerKind shortcut_layer();

}  // namespace ff
