// Paths of the build and source trees, for tests that run the program.
#pragma once

#include <string>

namespace ff::test {

/// Returns the path of the program ff of this build.
std::string program_path();

/// Returns the root of the source tree (configs/, reference/, tests/).
std::string source_dir();

}  // namespace ff::test
