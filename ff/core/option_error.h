// OptionError: an invalid option, with the path of its key and a message kept apart.
#pragma once

#include <stdexcept>
#include <string>

namespace ff {

/// An invalid option: the dotted path of its key, and the reason.
struct OptionProblem {
  std::string path, text;
};

/// Thrown for an invalid option; what() is "path: text".
struct OptionError : std::invalid_argument {
  explicit OptionError(OptionProblem what_is)
      : std::invalid_argument(what_is.path + ": " + what_is.text), problem(std::move(what_is)) {}

  OptionProblem problem;
};

}  // namespace ff
