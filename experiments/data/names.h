// Allowed values of dataset.type and dataset.name, without including the registry.
#pragma once

#include <string>
#include <vector>

namespace ff::experiments {

/// Names of data_kinds(), the values of dataset.type.
std::vector<std::string> data_kind_names();

/// Names of datasets(), the values of dataset.name.
std::vector<std::string> dataset_names();

}  // namespace ff::experiments
