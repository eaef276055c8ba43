// From a config's dataset section to the images a learner trains on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/data/options.h"
#include "ff/data/image_set.h"

namespace ff::experiments {

struct LoadedData {
  DataSplit split;
  std::string folder;                 // where it was found; empty where the program makes it
  std::vector<std::string> warnings;  // a line each
};

/// Finds, reads and checks the data set, keeps the first train_limit and test_limit images, and
/// then takes the validation images out of the training set. `data_root` (--data-root) is searched
/// before options.root. Throws std::invalid_argument for options that do not fit the data, and
/// std::runtime_error for data that are missing or damaged.
LoadedData load_dataset(const DatasetOptions& options, const std::optional<std::string>& data_root);

/// The `count` validation images among `size`: the first entries of
/// `torch.randperm(size, generator=torch.Generator().manual_seed(seed))`, sorted; and the others,
/// in order. int64 (count) and (size - count).
struct ValidationIndices {
  at::Tensor validation;
  at::Tensor train;
};
ValidationIndices validation_indices(std::int64_t size, const ValidationOptions& options);

}  // namespace ff::experiments
