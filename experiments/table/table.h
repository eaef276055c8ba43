// Tables of finished runs: one row per experiment, mean and standard deviation over its seeds. And
// tables of other things in the same forms.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/table/choice.h"

namespace ff::experiments {

constexpr std::size_t kTableWidth = 100;  // where it goes to no terminal

enum class TableFormat { kTerminal, kMarkdown, kLatex, kCsv, kJson };

/// The format of that name ("markdown"), if there is one.
std::optional<TableFormat> table_format(const std::string& name);

/// "markdown, latex, ...", for messages.
std::string table_format_names();

/// The table of these runs, which must be finished, in their order. Throws an error of one line for
/// a column that does not exist. The one for a terminal fits into `width` characters, 40 or more.
std::string results_table(const std::vector<RunRecord>& runs,
                          TableFormat format,
                          const TableChoice& choice = {},
                          std::size_t width = kTableWidth);

/// The same of run folders; also throws an error of one line for a folder whose files are missing
/// or damaged.
std::string results_table(const std::vector<std::filesystem::path>& run_folders,
                          TableFormat format,
                          const TableChoice& choice = {},
                          std::size_t width = kTableWidth);

/// A table of anything else, its rows' names in the first column; `legend` goes below the one for a
/// terminal.
std::string table_of(const std::vector<Column>& columns,
                     TableFormat format,
                     const std::string& legend,
                     std::size_t width = kTableWidth);

/// The table for the terminal that a stream (STDOUT_FILENO) goes to, or for none in particular.
std::string terminal_table(const std::vector<RunRecord>& runs, int stream);
std::string terminal_table(const std::vector<std::filesystem::path>& run_folders, int stream);

}  // namespace ff::experiments
