// The data sets that a config can name, and the kinds of files that it can have of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/data/dataset.h"
#include "experiments/data/names.h"

namespace ff::experiments {

/// A way to keep images in files (or to make them): what `dataset.type` calls it.
struct DataKind {
  std::string name;
  std::string help;  // what a folder of it holds
  Dataset (*own)();  // a user's own data of this kind
};

const std::vector<DataKind>& data_kinds();

/// Adds a kind of one's own; at the beginning of main(), as the first use of the list closes it.
/// Throws std::logic_error when it is too late, or the name is taken.
void register_data_kind(DataKind kind);

/// The published sets, each of a kind, with their normalisation, checksums and public homes.
const std::vector<Dataset>& datasets();

/// Throws std::invalid_argument that lists the allowed names.
const Dataset& dataset_named(const std::string& name);

/// The set that dataset.type and dataset.name say: a name alone is a published set, a type alone a
/// user's own data, and both are the published set in files of that type. Throws
/// std::invalid_argument where there is none such.
Dataset chosen_dataset(const std::optional<std::string>& type,
                       const std::optional<std::string>& name);

}  // namespace ff::experiments
