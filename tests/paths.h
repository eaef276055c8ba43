// Where the build put things, for the tests that run the real program.
#pragma once

#include <string>

namespace ff::test {

/// The program ff of this build.
std::string program_path();

/// The root of the source tree: configs/, reference/, tests/.
std::string source_dir();

}  // namespace ff::test
