// Tables of finished runs: one row per experiment, mean and standard deviation over its seeds.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/table/choice.h"

namespace ff::experiments {

enum class TableFormat { kTerminal, kMarkdown, kLatex, kCsv, kJson };

/// The format of that name ("markdown"), if there is one.
std::optional<TableFormat> table_format(const std::string& name);

/// "markdown, latex, ...", for messages.
std::string table_format_names();

/// The table of these run folders, which must be finished, in their order. Throws an error of one
/// line for a folder whose files are missing or damaged, or a column that
/// there is not.
std::string results_table(const std::vector<std::filesystem::path>& run_folders,
                          TableFormat format,
                          const TableChoice& choice = {});

}  // namespace ff::experiments
