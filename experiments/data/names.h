// The names that a config may give a data set and a kind of files, without what they stand for.
#pragma once

#include <string>
#include <vector>

namespace ff::experiments {

/// Of data_kinds(), which dataset.type may be.
std::vector<std::string> data_kind_names();

/// Of datasets(), which dataset.name may be.
std::vector<std::string> dataset_names();

}  // namespace ff::experiments
