#include <algorithm>
#include <sstream>

#include "experiments/records/figures.h"
#include "experiments/table/display_width.h"
#include "experiments/table/formats.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kLeastName = 16;   // minimum width of the name column
constexpr size_t kLeastWidth = 40;  // minimum terminal width
constexpr size_t kMostText = 100;   // maximum line length of running text

// A column as printed: two header lines, then one line per experiment, or several if its text is
// longer than `most` characters.
struct Lines {
  std::vector<std::vector<std::string>> cells;
  size_t width = 0;
  bool left = false;
  int group = 0;

  Lines(const Column& column, size_t most) : left(column.is_text()), group(column.group) {
    const auto comma = column.header.find(", ");
    const bool two = comma != std::string::npos;
    cells = {{two ? column.header.substr(0, comma) : ""},
             {two ? column.header.substr(comma + 2) : column.header}};
    for (size_t row = 0; row < column.cells.size(); ++row) {
      const auto text = cell_text(column, row);
      cells.push_back(left ? wrapped(text, most) : std::vector{text});
    }
    for (const auto& lines : cells) {
      for (const auto& line : lines) width = std::max(width, display_width(line));
    }
  }

  std::string padded(size_t cell, size_t line) const {
    const auto text = line < cells[cell].size() ? cells[cell][line] : "";
    const std::string space(width - display_width(text), ' ');
    return left ? text + space : space + text;
  }
};

// Columns printed side by side; the first has the experiment names.
using Block = std::vector<Lines>;

size_t width_of(const Block& block) {
  size_t width = 0;
  for (const auto& column : block) width += column.width + kGap;
  return width - kGap;
}

size_t width_of_group(const std::vector<Lines>& columns, size_t first) {
  size_t width = 0;
  for (size_t i = first; i < columns.size() && columns[i].group == columns[first].group; ++i) {
    width += kGap + columns[i].width;
  }
  return width;
}

// Moves a column group to the next block if it fits there but not in the current one.
std::vector<Block> split(const std::vector<Lines>& columns, size_t width) {
  std::vector<Block> blocks = {{columns[0]}};
  for (size_t i = 1; i < columns.size(); ++i) {
    const auto used = width_of(blocks.back());
    const bool begins = columns[i].group != columns[i - 1].group;
    const auto group = width_of_group(columns, i);
    const bool fits_below = columns[0].width + group <= width;
    const auto needed = begins && fits_below ? group : kGap + columns[i].width;
    if (used + needed > width && blocks.back().size() > 1) blocks.push_back({columns[0]});
    blocks.back().push_back(columns[i]);
  }
  return blocks;
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string render(const Block& block) {
  std::string text;
  for (size_t cell = 0; cell < block[0].cells.size(); ++cell) {
    size_t height = 0;
    for (const auto& column : block) height = std::max(height, column.cells[cell].size());
    for (size_t line = 0; line < height; ++line) {
      std::vector<std::string> parts;
      for (const auto& column : block) parts.push_back(column.padded(cell, line));
      const auto row = without_trailing_spaces(joined(parts, std::string(kGap, ' ')));
      if (cell > 0 || !row.empty()) text += row + "\n";
    }
    if (cell == 1) text += std::string(width_of(block), '-') + "\n";
  }
  return text;
}

// Wraps the columns so that the first (experiment names) and any other fit side by side. Names that
// need at most half of the width are not wrapped.
std::vector<Lines> lines_of(const std::vector<Column>& columns, size_t width) {
  const auto longest = Lines(columns[0], width).width;
  const auto names = std::max(kLeastName, std::min(longest, (width - kGap) / 2));
  std::vector<Lines> others;
  size_t widest = 0;
  for (size_t i = 1; i < columns.size(); ++i) {
    others.emplace_back(columns[i], width - kGap - names);
    widest = std::max(widest, others.back().width);
  }
  const auto left = width > kGap + widest ? width - kGap - widest : 0;
  std::vector<Lines> all = {Lines(columns[0], std::max(kLeastName, left))};
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

bool any_key(const std::vector<Column>& columns, const std::string& part) {
  return std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
    return column.key.find(part) != std::string::npos;
  });
}

// Wraps each line of a text.
std::string fitted(const std::string& text, size_t width) {
  std::string fitted;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    fitted += joined(wrapped(line, width), "\n") + "\n";
  }
  return fitted;
}

}  // namespace

std::string legend_of_runs(const std::vector<Column>& columns) {
  std::string text =
      "n: number of runs, one per seed; figures are mean ± standard deviation (n - 1).\n";
  if (any_key(columns, "diverged")) {
    text +=
        "diverged: further runs whose loss or weights became NaN or infinite; excluded from all "
        "figures.\n";
  }
  if (any_key(columns, "accuracy")) {
    text += "Accuracies are fractions of the images classified correctly: 0.95 is 95 %.\n";
  }
  if (any_key(columns, "error")) text += "Errors are in percent of the images.\n";
  if (any_key(columns, "_layers_1_to_")) {
    text += "first k layers: test accuracy of predictions by these layers only.\n";
  }
  if (any_key(columns, "_by_")) {
    text +=
        "by goodness: every label is tried; by head: one pass without a label and a linear "
        "classifier.\n";
  }
  std::string last;
  for (const auto& key : measure_keys()) {
    const auto& about = figure_info(key).about;
    if (about != last && any_key(columns, key + "_layer_")) text += (last = about) + "\n";
  }
  if (any_key(columns, "pruned_")) {
    text += "pruned r: test accuracy after setting the fraction r of the smallest weights to 0.\n";
  }
  return text;
}

std::string to_terminal(const std::vector<Column>& columns,
                        size_t width,
                        const std::string& legend) {
  width = std::max(width, kLeastWidth);
  std::string text;
  for (const auto& block : split(lines_of(columns, width), width)) text += render(block) + "\n";
  return text + fitted(legend, std::min(width, kMostText));
}

}  // namespace ff::experiments
