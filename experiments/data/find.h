// Where a data set lies on this machine.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// A folder that holds all files of a data set, and these in the order of Dataset::files.
struct FoundDataset {
  std::filesystem::path folder;
  std::vector<std::filesystem::path> files;
};

/// The folders to search, in order: those given (--data-root, then the config's; no value: left
/// out), the environment variable FF_DATA, ./data, and /usr/share/datasets.
std::vector<std::filesystem::path> search_roots(
    const std::vector<std::optional<std::string>>& given);

/// The file called `name` in the folder, plain or packed (.gz), also as "train-images.idx3-ubyte".
std::optional<std::filesystem::path> find_file(const std::filesystem::path& folder,
                                               const std::string& name);

/// The first of the set's folders under the roots, or root itself, that holds all of its files.
std::optional<FoundDataset> find_dataset(const Dataset& dataset,
                                         const std::vector<std::filesystem::path>& roots);

/// One line: every place tried, what is incomplete there, and how to get the set.
std::string not_found_message(const Dataset& dataset,
                              const std::vector<std::filesystem::path>& roots);

}  // namespace ff::experiments
