// Description of the training data in environment.json.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

/// Returns name, sizes, classes, shape and checksums of the data set; null for run folders of older
/// versions, which store only a folder.
Json data_record(const Json& environment);

/// Returns the differences, such as "classes: 4 here, 5 there"; empty if the data are equal or one
/// record is missing.
std::vector<std::string> data_differences(const Json& environment, const Json& other);

/// Returns true if a network trained on one data set accepts the images of the other.
bool same_kind_of_data(const Json& environment, const Json& other);

/// Returns the data set and the checksum of its training images, "idx 9f3a01c2"; empty if there is
/// no record.
std::string data_label(const Json& environment);

}  // namespace ff::experiments
