// Background: the most frequent pixel value of a data set.
#pragma once

#include <optional>

#include "ff/data/data_info.h"
#include "ff/data/image_set.h"
#include "ff/engines/cpu/fused_options.h"

namespace ff::fused {

/// The value of most of the input, if the first layer is to exploit it (BackgroundProduct).
using Background = std::optional<double>;

/// Returns the value of at least half of the pixels, in normalised units; nullopt if there is none
/// or the images have more than one channel. Examines the first 2000 images.
Background find_background(const ImageSet& images);

/// Returns the background of the training data, if known; nullopt if the options disable it.
Background background_of(const DataInfo& info, const FusedOptions& options);

}  // namespace ff::fused
