#include "experiments/table/table_choice.h"

#include <algorithm>
#include <stdexcept>

#include "ff/core/text.h"

namespace ff::experiments {
namespace {

// Renames an accuracy column to an error column. Accuracy columns are recognised by their key.
void to_error(Column& column) {
  const std::string accuracy = "accuracy";
  const auto in_key = column.key.find(accuracy);
  if (in_key == std::string::npos) return;
  column.key.replace(in_key, accuracy.size(), "error");
  const auto in_header = column.header.find(accuracy);
  if (in_header == std::string::npos) {
    column.header += ", error %";
  } else {
    column.header.replace(in_header, accuracy.size(), "error %");
  }
  column.notation.decimals = 2;
  for (auto& cell : column.cells) {
    auto* figure = std::get_if<Figure>(&cell);
    if (!figure) continue;
    for (auto& value : figure->values) value = 100 * (1 - value);
  }
}

}  // namespace

std::vector<Column> chosen(std::vector<Column> columns, const TableChoice& choice) {
  if (choice.errors) {
    for (auto& column : columns) to_error(column);
  }
  if (choice.columns.empty()) return columns;
  std::vector<Column> kept = {columns.front()};
  for (const auto& key : choice.columns) {
    const auto found = std::find_if(
        columns.begin(), columns.end(), [&](const Column& column) { return column.key == key; });
    if (found == columns.end()) {
      std::vector<std::string> keys;
      for (const auto& column : columns) keys.push_back(column.key);
      throw std::invalid_argument("--columns: these runs have no '" + key +
                                  "'; allowed: " + joined(keys));
    }
    if (found != columns.begin()) kept.push_back(*found);
  }
  return kept;
}

}  // namespace ff::experiments
