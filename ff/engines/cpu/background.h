// What most of an image is made of.
#pragma once

#include <optional>

#include "ff/data/data_info.h"
#include "ff/data/image_set.h"
#include "ff/engines/cpu/fused_options.h"

namespace ff::fused {

/// The value that fills most of the input, where the first layer is to make use of it.
using Background = std::optional<double>;

/// The value that fills at least half of the images' pixels, in normalised units; none where there
/// is none such, or the images have several channels.
Background find_background(const ImageSet& images);

/// The background of the training data, as far as it is known, unless the options say to do
/// without.
Background background_of(const DataInfo& info, const FusedOptions& options);

}  // namespace ff::fused
