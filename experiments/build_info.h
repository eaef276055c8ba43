// Version, commit and compiler of this build. build_info() is defined in a file that CMake
// generates.
#pragma once

#include <string>

namespace ff::experiments {

struct BuildInfo {
  std::string version;     ///< project version, "0.1.0"
  std::string commit;      ///< git commit hash, or "unknown" outside a git clone
  std::string compiler;    ///< name and version
  std::string build_type;  ///< CMAKE_BUILD_TYPE: Release, Debug, ...
  bool dirty;              ///< true if tracked files had uncommitted changes
  bool cuda;               ///< true if built with CUDA support
};

/// Returns the build information of this binary.
const BuildInfo& build_info();

}  // namespace ff::experiments
