#include <string_view>

#include "experiments/table/formats.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

std::string latex_escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\textbackslash{}";
    } else if (c == '~' || c == '^') {
      result += std::string("\\") + c + "{}";
    } else {
      if (std::string_view("_%&#${}").find(c) != std::string_view::npos) result += '\\';
      result += c;
    }
  }
  return result;
}

std::string latex_cell(const Column& column, size_t row) {
  if (column.is_text()) return latex_escaped(cell_text(column, row));
  const auto number = cell_text(column, row, " \\pm ");
  return number.empty() ? "--" : "$" + number + "$";
}

}  // namespace

std::string to_latex(const std::vector<Column>& columns) {
  std::string alignment;
  std::vector<std::string> header;
  for (const auto& column : columns) {
    alignment += column.is_text() ? 'l' : 'r';
    header.push_back(latex_escaped(column.header));
  }
  std::string text = "% \\usepackage{booktabs}\n\\begin{tabular}{" + alignment + "}\n\\toprule\n" +
                     joined(header, " & ") + " \\\\\n\\midrule\n";
  for (size_t row = 0; row < columns[0].cells.size(); ++row) {
    std::vector<std::string> cells;
    for (const auto& column : columns) cells.push_back(latex_cell(column, row));
    text += joined(cells, " & ") + " \\\\\n";
  }
  return text + "\\bottomrule\n\\end{tabular}\n";
}

}  // namespace ff::experiments
