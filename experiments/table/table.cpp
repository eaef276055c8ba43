#include "experiments/table/table.h"

#include <stdexcept>
#include <utility>

#include "experiments/table/display_width.h"
#include "experiments/table/formats.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

const std::vector<std::pair<std::string, TableFormat>> kFormats = {
    {"markdown", TableFormat::kMarkdown},
    {"latex", TableFormat::kLatex},
    {"csv", TableFormat::kCsv},
    {"json", TableFormat::kJson},
    {"terminal", TableFormat::kTerminal},
};

}  // namespace

std::optional<TableFormat> table_format(const std::string& name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::string table_format_names() {
  std::vector<std::string> names;
  for (const auto& [name, format] : kFormats) names.push_back(name);
  return joined(names);
}

std::string results_table(const std::vector<std::filesystem::path>& run_folders,
                          TableFormat format,
                          const TableChoice& choice,
                          std::size_t width) {
  std::vector<RunRecord> runs;
  for (const auto& folder : run_folders) runs.push_back(read_run(folder));
  return results_table(runs, format, choice, width);
}

std::string results_table(const std::vector<RunRecord>& runs,
                          TableFormat format,
                          const TableChoice& choice,
                          std::size_t width) {
  if (runs.empty()) throw std::invalid_argument("no finished runs for a table");
  const auto experiments = group_runs(runs);
  const auto columns = chosen(make_columns(experiments), choice);
  if (format == TableFormat::kJson) return to_json(columns, experiments);
  return table_of(columns, format, legend_of_runs(columns), width);
}

std::string table_of(const std::vector<Column>& columns,
                     TableFormat format,
                     const std::string& legend,
                     std::size_t width) {
  switch (format) {
    case TableFormat::kMarkdown:
      return to_markdown(columns);
    case TableFormat::kLatex:
      return to_latex(columns);
    case TableFormat::kCsv:
      return to_csv(columns);
    case TableFormat::kJson:
      return to_json(columns);
    case TableFormat::kTerminal:
      break;
  }
  return to_terminal(columns, width, legend);
}

std::string terminal_table(const std::vector<RunRecord>& runs, int stream) {
  return results_table(
      runs, TableFormat::kTerminal, {}, terminal_width(stream).value_or(kTableWidth));
}

std::string terminal_table(const std::vector<std::filesystem::path>& run_folders, int stream) {
  return results_table(
      run_folders, TableFormat::kTerminal, {}, terminal_width(stream).value_or(kTableWidth));
}

}  // namespace ff::experiments
