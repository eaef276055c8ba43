// A comment in a config or a sweep.
#pragma once

#include <string>
#include <vector>

namespace ff::experiments {

/// One or more lines of text for readers of the file; it has no effect.
struct Comment {
  std::vector<std::string> lines;

  bool operator==(const Comment&) const = default;
};

}  // namespace ff::experiments
