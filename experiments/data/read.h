// Reading of a data set into memory, with all checks.
#pragma once

#include <string>
#include <vector>

#include "experiments/data/dataset.h"
#include "experiments/data/find.h"

namespace ff::experiments {

/// A data set in memory, with what the checks found.
struct ReadDataset {
  RawData data;
  std::string folder;  // empty: generated data
  std::vector<std::string> warnings;
  std::vector<std::string> unknown_files;  // files with an unknown checksum
};

/// Finds and reads the set, its files in parallel. Throws std::runtime_error if it is not found or
/// damaged, or if a file belongs to another set. An unknown checksum, an unexpected number of
/// images, and classes without images in a user's own set are warnings.
ReadDataset read_dataset(const Dataset& dataset, const std::vector<Root>& roots);

}  // namespace ff::experiments
