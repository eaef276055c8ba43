// Files of IDX sets by other names than MNIST's: EMNIST's, and a user's own.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/data/find.h"

namespace ff::experiments {

/// The names that a file called `name` may have, unpacked: with ".idx" for "-idx", and of test
/// files with "test-" for "t10k-".
std::vector<std::string> spellings_of(const std::string& name);

/// The files PREFIXtrain-images-idx3-ubyte and so on of a folder, the prefix beginning with
/// `prefix`. Throws std::runtime_error where several prefixes fit, naming them and the cure.
std::optional<FoundDataset> find_prefixed(const Dataset& dataset,
                                          const std::filesystem::path& folder,
                                          const std::string& prefix);

/// What stands in a file's name before that of the set's first file.
std::string prefix_of(const Dataset& dataset, const std::filesystem::path& first);

}  // namespace ff::experiments
