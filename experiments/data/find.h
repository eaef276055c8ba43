// Search for the files of a data set.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// A folder with all files of a data set; the files in the order of Dataset::files.
struct FoundDataset {
  std::filesystem::path folder;
  std::vector<std::filesystem::path> files;
  std::vector<std::string> notes;  // notes about the search for the user, one line each
};

/// A folder in which data sets are searched.
struct Root {
  Root(std::filesystem::path path_in, std::string named_by_in = "")
      : path(std::move(path_in)), named_by(std::move(named_by_in)) {}

  /// Whether it is the only root: without the set there, no other data are used.
  bool exclusive() const { return !named_by.empty() && named_by != kVariable; }
  bool is_variable() const { return named_by == kVariable; }

  static constexpr const char* kVariable = "FF_DATA";

  std::filesystem::path path;
  std::string named_by;  // "--data-root", "dataset.root" or kVariable; empty: a default
};

/// Returns the roots to search, in order: only --data-root if given; else only the config's root if
/// given; else the environment variable FF_DATA, ./data and /usr/share/datasets.
std::vector<Root> search_roots(const std::optional<std::string>& data_root,
                               const std::optional<std::string>& config_root = std::nullopt);

/// Returns the file `name` in the folder, plain or compressed (.gz); also spelled
/// "train-images.idx3-ubyte" and, for test files, with "test" in place of "t10k".
std::optional<std::filesystem::path> find_file(const std::filesystem::path& folder,
                                               const std::string& name);

/// Returns the first folder that has all files of the set: one of the set's folders under a root,
/// or the root itself. If FF_DATA lacks the set, later roots are searched only for folders named
/// after the set, and a note says so. With Dataset::any_prefix files may be named
/// PREFIXtrain-images-...; a root may end in the prefix, and must if several prefixes exist: else
/// throws std::runtime_error.
std::optional<FoundDataset> find_dataset(const Dataset& dataset, const std::vector<Root>& roots);

/// Returns one line with all folders searched, what is incomplete or unreadable in them, and how to
/// get the set.
std::string not_found_message(const Dataset& dataset, const std::vector<Root>& roots);

}  // namespace ff::experiments
