#include <algorithm>

#include "experiments/table/formats.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

// Quotes a field according to RFC 4180.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

// Formats with the fewest digits that round-trip to the same double.
std::string number(std::optional<double> value) { return value ? Json(*value).dump() : ""; }

bool holds_figures(const Column& column) {
  return std::any_of(column.cells.begin(), column.cells.end(), [](const Cell& cell) {
    return std::holds_alternative<Figure>(cell);
  });
}

std::string fields(const Column& column, size_t row) {
  if (!holds_figures(column)) return quoted(cell_text(column, row));
  const auto* figure = std::get_if<Figure>(&column.cells[row]);
  return figure ? number(figure->mean()) + "," + number(figure->standard_deviation()) : ",";
}

}  // namespace

std::string to_csv(const std::vector<Column>& columns) {
  std::vector<std::string> header;
  for (const auto& column : columns) {
    header.push_back(holds_figures(column) ? column.key + "_mean," + column.key + "_std"
                                           : column.key);
  }
  std::string text = joined(header, ",") + "\n";
  for (size_t row = 0; row < columns[0].cells.size(); ++row) {
    std::vector<std::string> line;
    for (const auto& column : columns) line.push_back(fields(column, row));
    text += joined(line, ",") + "\n";
  }
  return text;
}

}  // namespace ff::experiments
