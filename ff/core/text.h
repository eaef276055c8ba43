// Formatting of numbers and lists for messages and tables.
#pragma once

#include <string>
#include <vector>

namespace ff {

/// Joins words: "a, b, c".
std::string joined(const std::vector<std::string>& words, const std::string& separator = ", ");

/// Formats with at most `digits` significant digits (%g): 1, 0.3, 1e-05.
std::string significant(double value, int digits = 3);

/// Formats with exactly `decimals` decimals: 0.9500.
std::string fixed(double value, int decimals);

}  // namespace ff
