// A remark in a config or a sweep.
#pragma once

#include <string>
#include <vector>

namespace ff::experiments {

/// One or more lines of text for whoever reads the file; they change nothing.
struct Comment {
  std::vector<std::string> lines;

  bool operator==(const Comment&) const = default;
};

}  // namespace ff::experiments
