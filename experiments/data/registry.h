// The data sets that a config can name.
#pragma once

#include <string>
#include <vector>

#include "experiments/data/dataset.h"

namespace ff::experiments {

const std::vector<Dataset>& datasets();

std::vector<std::string> dataset_names();

/// Throws std::invalid_argument that lists the allowed names.
const Dataset& dataset_named(const std::string& name);

}  // namespace ff::experiments
