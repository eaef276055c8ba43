// Output formats of a table. Each ends with a newline.
#pragma once

#include <string>
#include <vector>

#include "experiments/table/columns.h"

namespace ff::experiments {

/// GitHub-flavoured Markdown table.
std::string to_markdown(const std::vector<Column>& columns);

/// LaTeX tabular with booktabs rules; special characters are escaped.
std::string to_latex(const std::vector<Column>& columns);

/// CSV with one line per experiment; each metric has two fields in full precision, KEY_mean and
/// KEY_std (empty for n = 1).
std::string to_csv(const std::vector<Column>& columns);

/// JSON array with one object per experiment: the columns with a value per seed, and the config and
/// result of every run.
std::string to_json(const std::vector<Column>& columns, const std::vector<Experiment>& experiments);

/// JSON array with the columns alone.
std::string to_json(const std::vector<Column>& columns);

/// What the columns of a results table mean, for the reader of the terminal.
std::string legend_of_runs(const std::vector<Column>& columns);

/// Aligned text for a terminal of `width` >= 40 characters: wider tables continue below with the
/// experiment names repeated, and long names are wrapped. Ends with `legend`.
std::string to_terminal(const std::vector<Column>& columns,
                        size_t width,
                        const std::string& legend);

}  // namespace ff::experiments
