// What runs say of the data they were trained on, in environment.json.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

/// The set's name, sizes, classes, shape and checksums; null in folders of older versions, which
/// name a folder alone.
Json data_record(const Json& environment);

/// "classes: 4 here, 5 there" and so on; none where the data are the same, or one of the two does
/// not say.
std::vector<std::string> data_differences(const Json& environment, const Json& other);

/// Whether a network trained on the one can take the other's images at all.
bool same_kind_of_data(const Json& environment, const Json& other);

/// "idx 9f3a01c2", the set and its training images' checksum; empty where there is no record.
std::string data_label(const Json& environment);

}  // namespace ff::experiments
