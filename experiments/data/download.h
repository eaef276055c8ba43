// Getting a data set from its public home.
#pragma once

#include <filesystem>
#include <ostream>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Fetches what `folder` lacks of the set, checks it, and only then writes it, each file whole or
/// not at all. The environment variable FF_DATA_MIRROR replaces the set's address by
/// "$FF_DATA_MIRROR/NAME/", also file:///some/folder. Throws std::runtime_error when something
/// cannot be fetched or written, has a wrong checksum, or a file there is another one.
void download_dataset(const Dataset& dataset,
                      const std::filesystem::path& folder,
                      std::ostream& log);

}  // namespace ff::experiments
