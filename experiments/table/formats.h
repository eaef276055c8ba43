// The forms a table can take. Each ends with a line feed.
#pragma once

#include <string>
#include <vector>

#include "experiments/table/columns.h"

namespace ff::experiments {

/// A pipe table, as GitHub shows it.
std::string to_markdown(const std::vector<Column>& columns);

/// A tabular with booktabs' rules; what LaTeX would take for a command is escaped.
std::string to_latex(const std::vector<Column>& columns);

/// One line per experiment; each figure has two fields, KEY_mean and KEY_std (empty when n is 1),
/// in full precision.
std::string to_csv(const std::vector<Column>& columns);

/// An array with an object per experiment: what the columns say, seed by seed, with the config and
/// the result of every run.
std::string to_json(const std::vector<Column>& columns, const std::vector<Experiment>& experiments);

/// The same with what the columns say alone.
std::string to_json(const std::vector<Column>& columns);

/// Aligned columns for a terminal of `width` characters, 40 or more: what is wider goes on below,
/// with the experiments' names again, and long names take several lines. Ends with lines that say
/// what the figures mean, or with the lines of `legend`.
std::string to_terminal(const std::vector<Column>& columns, size_t width);
std::string to_terminal(const std::vector<Column>& columns,
                        size_t width,
                        const std::string& legend);

}  // namespace ff::experiments
