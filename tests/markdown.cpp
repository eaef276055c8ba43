#include "tests/markdown.h"

#include <sstream>

#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/paths.h"

namespace ff::test {

namespace fs = std::filesystem;

Markdown::Markdown(const std::string& text) {
  std::istringstream stream(text);
  bool in_block = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("```")) {
      in_block = !in_block;
      if (in_block) blocks.push_back({line.substr(3), ""});
    } else if (in_block) {
      blocks.back().code += line + "\n";
    } else {
      lines.push_back(line);
    }
  }
  CHECK_FALSE(in_block);
}

std::vector<std::string> Markdown::code_of(const std::string& language) const {
  std::vector<std::string> codes;
  for (const auto& block : blocks) {
    if (block.language == language) codes.push_back(block.code);
  }
  return codes;
}

std::vector<std::string> documents() {
  const fs::path root = source_dir();
  std::vector<std::string> names;
  for (fs::recursive_directory_iterator item(root), end; item != end; ++item) {
    const auto name = item->path().filename().string();
    const bool generated = item.depth() == 0 && (name == "runs" || name == "data");
    if (item->is_directory() && (name.starts_with(".") || name.starts_with("build") || generated)) {
      item.disable_recursion_pending();
    } else if (item->path().extension() == ".md") {
      names.push_back(fs::relative(item->path(), root).string());
    }
  }
  return names;
}

std::string document(const std::string& name) {
  return ff::experiments::read_file(fs::path(source_dir()) / name);
}

}  // namespace ff::test
