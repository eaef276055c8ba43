// What 'ff data' does.
#pragma once

#include <optional>
#include <ostream>
#include <string>

namespace ff::experiments {

/// `ff data`: a table of all data sets, where each is found (`root` is searched first), its sizes
/// and checksums, or how to get it. Returns 1 when one is found but damaged, else 0.
int list_datasets(std::ostream& out, const std::optional<std::string>& root);

/// `ff data get NAME`: into the sub-folder NAME of `root`, else of FF_DATA, else of ./data.
/// Returns 0; throws std::invalid_argument for a name that cannot be fetched, std::runtime_error
/// when fetching fails.
int get_dataset(const std::string& name, const std::optional<std::string>& root, std::ostream& log);

}  // namespace ff::experiments
