// Download of a data set from its public source.
#pragma once

#include <filesystem>
#include <ostream>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Downloads the files of the set that are missing in `folder`, and checks all of them before it
/// writes any; each file is written atomically. The environment variable FF_DATA_MIRROR replaces
/// the set's address by "$FF_DATA_MIRROR/NAME/" (http, https or file). Throws std::runtime_error if
/// a file cannot be downloaded or written, has a wrong checksum, or an existing file is not the
/// published one.
void download_dataset(const Dataset& dataset,
                      const std::filesystem::path& folder,
                      std::ostream& log);

}  // namespace ff::experiments
