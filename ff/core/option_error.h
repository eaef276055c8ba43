// What is wrong with options, and where: a path and a text, apart from each other wherever they go.
#pragma once

#include <stdexcept>
#include <string>

namespace ff {

/// Something that options rule out: the dotted path of the key, and what is wrong with it.
struct OptionProblem {
  std::string path, text;
};

/// The same, thrown; what() is "path: text".
struct OptionError : std::invalid_argument {
  explicit OptionError(OptionProblem what_is)
      : std::invalid_argument(what_is.path + ": " + what_is.text), problem(std::move(what_is)) {}

  OptionProblem problem;
};

}  // namespace ff
