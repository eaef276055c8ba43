#include "experiments/table/formats.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

std::string markdown_escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '*' || c == '`') result += '\\';
    result += c;
  }
  return result;
}

std::string line(const std::vector<std::string>& cells) {
  return std::string("| ").append(joined(cells, " | ")).append(" |\n");
}

}  // namespace

std::string to_markdown(const std::vector<Column>& columns) {
  std::vector<std::string> headers;
  std::vector<std::string> rule;
  for (const auto& column : columns) {
    headers.push_back(markdown_escaped(column.header));
    rule.push_back(column.is_text() ? "---" : "---:");
  }
  std::string text = line(headers) + line(rule);
  for (size_t row = 0; row < columns[0].cells.size(); ++row) {
    std::vector<std::string> cells;
    for (const auto& column : columns) cells.push_back(markdown_escaped(cell_text(column, row)));
    text += line(cells);
  }
  return text;
}

}  // namespace ff::experiments
