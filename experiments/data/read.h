// A data set from its files into memory, with every check.
#pragma once

#include <string>
#include <vector>

#include "experiments/data/dataset.h"
#include "experiments/data/find.h"

namespace ff::experiments {

struct ReadDataset {
  RawData data;
  std::string folder;  // empty where the program makes the data
  std::vector<std::string> warnings;
  std::vector<std::string> unknown_files;  // those whose checksum is not the published one
};

/// Finds and reads the set, its files in parallel. Throws std::runtime_error when it is not found,
/// damaged, or a file is known to belong to another set. A checksum that is not the published one
/// and unusual numbers of images are warnings, as are classes of a user's own set without images.
ReadDataset read_dataset(const Dataset& dataset, const std::vector<Root>& roots);

}  // namespace ff::experiments
