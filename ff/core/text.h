// Numbers and lists as messages and tables show them.
#pragma once

#include <string>
#include <vector>

namespace ff {

/// "a, b, c"
std::string joined(const std::vector<std::string>& words, const std::string& separator = ", ");

/// At most so many significant digits: 1, 0.3, 1e-05.
std::string significant(double value, int digits = 3);

/// So many digits behind the point: 0.9500.
std::string fixed(double value, int decimals);

}  // namespace ff
