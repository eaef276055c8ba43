// Results tables of finished runs: one row per experiment, mean and standard deviation over seeds.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/table/table_choice.h"

namespace ff::experiments {

constexpr std::size_t kTableWidth = 100;  // width if the output is not a terminal

enum class TableFormat { kTerminal, kMarkdown, kLatex, kCsv, kJson };

/// Returns the format with the given name ("markdown"), if there is one.
std::optional<TableFormat> table_format(const std::string& name);

/// Returns "markdown, latex, ..." for error messages.
std::string table_format_names();

/// Formats a table of finished runs, in their order. Throws a one-line error if a selected column
/// does not exist. `width` >= 40 applies to the terminal format.
std::string results_table(const std::vector<RunRecord>& runs,
                          TableFormat format,
                          const TableChoice& choice = {},
                          std::size_t width = kTableWidth);

/// As above, for run folders. Also throws a one-line error if files of a folder are missing or
/// damaged.
std::string results_table(const std::vector<std::filesystem::path>& run_folders,
                          TableFormat format,
                          const TableChoice& choice = {},
                          std::size_t width = kTableWidth);

/// Formats a table for the terminal of a stream (STDOUT_FILENO), or with the default width if it is
/// not a terminal.
std::string terminal_table(const std::vector<RunRecord>& runs, int stream);
std::string terminal_table(const std::vector<std::filesystem::path>& run_folders, int stream);

}  // namespace ff::experiments
