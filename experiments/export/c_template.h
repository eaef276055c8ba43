// Expansion of the C sources in experiments/export/c/, which are text with marks:
//   //@include FILE          the expansion of another source
//   //@if A !B ... //@end    only if the flag A is set and B is not; //@else; may be nested
//   @word@                   the value of a word
#pragma once

#include <map>
#include <set>
#include <string>

namespace ff::experiments {

struct TemplateValues {
  std::set<std::string> flags;
  std::map<std::string, std::string> words;
};

/// The sources by file name, compiled into the program.
const std::map<std::string, std::string>& c_templates();

/// Expands c_templates().at(file). Throws std::logic_error for an unknown word, an unknown file or
/// an unbalanced mark.
std::string expand(const std::string& file, const TemplateValues& values);

/// Expands `text`, called `file` in messages, as expand(file).
std::string expand_text(const std::string& text,
                        const std::string& file,
                        const TemplateValues& values);

}  // namespace ff::experiments
