// Registries of the published data sets and of the file formats for a user's own data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/data/dataset.h"
#include "experiments/data/names.h"

namespace ff::experiments {

/// A file format (or generator) of images, a value of `dataset.type`.
struct DataKind {
  std::string name;
  std::string help;  // files in a folder of this format
  Dataset (*own)();  // data set of a user's own files
};

/// The formats, in the order of the help text.
const std::vector<DataKind>& data_kinds();

/// Adds a format from a separate program. Call it at the start of main(): the first use of the
/// registry closes it. Throws std::logic_error if it is closed or the name exists.
void register_data_kind(DataKind kind);

/// The published sets, with their formats, normalisation, checksums and addresses.
const std::vector<Dataset>& datasets();

/// Throws std::invalid_argument that lists the allowed names.
const Dataset& dataset_named(const std::string& name);

/// Returns the set of dataset.type and dataset.name: a name alone means a published set, a type
/// alone a user's own data, both the published set in files of that type. Throws
/// std::invalid_argument if a name is unknown or the type cannot hold the set.
Dataset chosen_dataset(const std::optional<std::string>& type,
                       const std::optional<std::string>& name);

}  // namespace ff::experiments
