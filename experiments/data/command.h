// Implementation of 'ff data'.
#pragma once

#include <optional>
#include <ostream>
#include <string>

namespace ff::experiments {

/// `ff data`: prints a table of all data sets: folder (`root` is searched first), sizes and
/// checksums, or how to get the set. Returns 1 if a set is found but damaged, else 0.
int list_datasets(std::ostream& out, const std::optional<std::string>& root);

/// `ff data get NAME`: downloads a data set into the sub-folder NAME of `root`, or of FF_DATA, or
/// of ./data. Returns 0. Throws std::invalid_argument if the set has no public source,
/// std::runtime_error if the download fails.
int get_dataset(const std::string& name, const std::optional<std::string>& root, std::ostream& log);

}  // namespace ff::experiments
