// A document taken apart: the lines of its text, and its code blocks with their languages.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ff::test {

struct Markdown {
  struct Block {
    std::string language;
    std::string code;
  };
  std::vector<std::string> lines;
  std::vector<Block> blocks;

  explicit Markdown(const std::string& text);

  /// The code of every block of a language.
  std::vector<std::string> code_of(const std::string& language) const;
};

/// Every Markdown file of the project, as a path from its root.
std::vector<std::string> documents();

/// What a document says; `name` is its path from the root.
std::string document(const std::string& name);

}  // namespace ff::test
