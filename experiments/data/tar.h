// Minimal reader of tar archives.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ff::experiments {

/// Returns the regular files of the archive by name, without folders; the contents are views into
/// `archive`. Throws std::runtime_error if it is truncated or not a tar archive; `name` is for
/// error messages.
std::map<std::string, std::string_view> tar_files(std::string_view archive,
                                                  const std::string& name);

}  // namespace ff::experiments
