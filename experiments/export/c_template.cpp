#include "experiments/export/c_template.h"

#include <sstream>
#include <stdexcept>
#include <vector>

namespace ff::experiments {
namespace {

bool holds(const std::string& condition, const std::set<std::string>& flags) {
  std::istringstream words(condition);
  for (std::string word; words >> word;) {
    const bool negated = word.front() == '!';
    if (flags.contains(negated ? word.substr(1) : word) == negated) return false;
  }
  return true;
}

std::string with_words(const std::string& line,
                       const std::string& file,
                       const std::map<std::string, std::string>& words) {
  std::string text;
  std::size_t at = 0;
  while (true) {
    const auto begin = line.find('@', at);
    if (begin == std::string::npos) return text + line.substr(at);
    const auto end = line.find('@', begin + 1);
    const auto found = words.find(line.substr(begin + 1, end - begin - 1));
    if (end == std::string::npos || found == words.end()) {
      throw std::logic_error(file + ": unknown word in: " + line);
    }
    text += line.substr(at, begin - at) + found->second;
    at = end + 1;
  }
}

// An open //@if.
struct Branch {
  bool outer = true;  // whether the lines around it are kept
  bool taken = true;  // whether its condition holds, or, after //@else, does not
  bool kept() const { return outer && taken; }
};

// Follows a mark; returns false if the line is not one.
bool follow_mark(const std::string& line, const TemplateValues& values, std::vector<Branch>& open) {
  if (line.starts_with("//@if ")) {
    open.push_back({open.back().kept(), holds(line.substr(6), values.flags)});
  } else if (line == "//@else") {
    open.back().taken = !open.back().taken;
  } else if (line == "//@end") {
    open.pop_back();
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string expand_text(const std::string& text,
                        const std::string& file,
                        const TemplateValues& values) {
  const std::string include = "//@include ";
  std::string out;
  std::vector<Branch> open = {{}};
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool is_mark = follow_mark(line, values, open);
    if (open.empty()) throw std::logic_error(file + ": //@end without //@if");
    if (is_mark || !open.back().kept()) continue;
    out += line.starts_with(include) ? expand(line.substr(include.size()), values)
                                     : with_words(line, file, values.words) + "\n";
  }
  if (open.size() != 1) throw std::logic_error(file + ": //@if without //@end");
  return out;
}

std::string expand(const std::string& file, const TemplateValues& values) {
  const auto found = c_templates().find(file);
  if (found == c_templates().end()) throw std::logic_error("no C source " + file);
  return expand_text(found->second, file, values);
}

}  // namespace ff::experiments
