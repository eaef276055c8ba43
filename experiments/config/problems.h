// Collects all problems of a config, so that a user sees them at once.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "experiments/plain_text.h"

namespace ff::experiments {

/// Problems of a file; what() has one line per problem.
class ConfigError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// Collects the problems of one file.
class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  /// Adds "FILE: PATH: TEXT"; the path may be empty.
  void add(const std::string& path, const std::string& text) {
    lines_.push_back(file_ + source_of(path) + ": " +
                     (path.empty() ? "" : printable(path, 200) + ": ") + text);
  }

  /// Declares that the value at `path` does not come from the file: problems at or below it start
  /// with "FILE with SOURCE:".
  void came_from(const std::string& path, const std::string& source) {
    sources_.emplace_back(path, source);
  }

  /// Adds the lines of another ConfigError.
  void add_lines(const ConfigError& error) { lines_.emplace_back(error.what()); }

  const std::string& file() const { return file_; }
  bool empty() const { return lines_.empty(); }
  const std::vector<std::string>& lines() const { return lines_; }

  /// Throws ConfigError with all lines, if there are any.
  void throw_if_any() const {
    if (lines_.empty()) return;
    std::string text;
    for (const auto& line : lines_) text += (text.empty() ? "" : "\n") + line;
    throw ConfigError(text);
  }

 private:
  std::string source_of(const std::string& path) const {
    std::string text;
    for (const auto& [above, source] : sources_) {
      const auto end = above.size();
      const bool covers =
          path.starts_with(above) && (path.size() == end || path[end] == '.' || path[end] == '[');
      if (covers) text = " with " + source;  // the last source wins
    }
    return text;
  }

  std::string file_;
  std::vector<std::pair<std::string, std::string>> sources_;
  std::vector<std::string> lines_;
};

}  // namespace ff::experiments
