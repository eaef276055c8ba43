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
  std::vector<std::string> notes;  // what a user should know of the search, a line each
};

/// A place to look for data sets.
struct Root {
  Root(std::filesystem::path path_in, std::string named_by_in = "")
      : path(std::move(path_in)), named_by(std::move(named_by_in)) {}

  /// Whether it is the only place, so that no other data are taken where it lacks the set.
  bool exclusive() const { return !named_by.empty() && named_by != kVariable; }
  bool is_variable() const { return named_by == kVariable; }

  static constexpr const char* kVariable = "FF_DATA";

  std::filesystem::path path;
  std::string named_by;  // "--data-root", "dataset.root" or kVariable; empty: nobody named it
};

/// The places to search, in order: --data-root alone where it is given, else the config's root
/// alone; where neither is, the environment variable FF_DATA, ./data, and /usr/share/datasets.
std::vector<Root> search_roots(const std::optional<std::string>& data_root,
                               const std::optional<std::string>& config_root = std::nullopt);

/// The file called `name` in the folder, plain or packed (.gz), also as "train-images.idx3-ubyte"
/// and, of test files, with "test" in place of "t10k".
std::optional<std::filesystem::path> find_file(const std::filesystem::path& folder,
                                               const std::string& name);

/// The first of the set's folders under the roots, or root itself, that holds all of its files.
/// Where FF_DATA lacks the set, later roots are searched for the set's own folders alone, and a
/// note says so. Of a set with Dataset::any_prefix the files may be named PREFIXtrain-images-...;
/// a root may end in the prefix, and has to where the folder holds several: std::runtime_error.
std::optional<FoundDataset> find_dataset(const Dataset& dataset, const std::vector<Root>& roots);

/// One line: every place tried, what is incomplete or cannot be read there, and how to get the set.
std::string not_found_message(const Dataset& dataset, const std::vector<Root>& roots);

}  // namespace ff::experiments
