// IDX files with other names than MNIST's, such as EMNIST's and a user's own.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/data/find.h"

namespace ff::experiments {

/// Returns the names that the file `name` may have, without .gz: with ".idx" for "-idx" and, for
/// test files, "test-" for "t10k-".
std::vector<std::string> spellings_of(const std::string& name);

/// Returns the files PREFIXtrain-images-idx3-ubyte, ... in a folder whose PREFIX starts with
/// `prefix`; nullopt if there are none. Throws std::runtime_error, naming the prefixes, if several
/// match.
std::optional<FoundDataset> find_prefixed(const Dataset& dataset,
                                          const std::filesystem::path& folder,
                                          const std::string& prefix);

/// Returns the prefix of the file name `first`, by the spellings of the set's first file.
std::string prefix_of(const Dataset& dataset, const std::filesystem::path& first);

}  // namespace ff::experiments
