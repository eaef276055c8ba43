// Just enough of the tar format to take files out of a data set's archive.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ff::experiments {

/// The archive's regular files by name without folders; the contents lie in `archive`. Throws
/// std::runtime_error when it is cut short; `name` is for messages.
std::map<std::string, std::string_view> tar_files(std::string_view archive,
                                                  const std::string& name);

}  // namespace ff::experiments
