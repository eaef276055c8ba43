// What this program was built from and with; the body is written by the build.
#pragma once

#include <string>

namespace ff::experiments {

struct BuildInfo {
  std::string version;     ///< of the project, "0.1.0"
  std::string commit;      ///< of git, or "unknown" outside a clone
  std::string compiler;    ///< name and version
  std::string build_type;  ///< CMake's: Release, Debug, ...
  bool dirty;              ///< tracked files differed from the commit
  bool cuda;               ///< built with the CUDA parts
};

/// The build this program came from.
const BuildInfo& build_info();

}  // namespace ff::experiments
