// Minimal Markdown parser: text lines, and code blocks with their languages.
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

  /// Returns the content of every code block in a language.
  std::vector<std::string> code_of(const std::string& language) const;
};

/// Returns all Markdown files of the project, relative to its root.
std::vector<std::string> documents();

/// Returns the content of a document; `name` is relative to the root.
std::string document(const std::string& name);

}  // namespace ff::test
