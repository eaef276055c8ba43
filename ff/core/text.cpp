#include "ff/core/text.h"

#include <cstdio>

namespace ff {
namespace {

std::string formatted(const char* format, int digits, double value) {
  char text[400];  // a double can have 309 digits before the decimal point
  std::snprintf(text, sizeof text, format, digits, value);
  return text;
}

}  // namespace

std::string joined(const std::vector<std::string>& words, const std::string& separator) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text += (i > 0 ? separator : "") + words[i];
  return text;
}

std::string significant(double value, int digits) { return formatted("%.*g", digits, value); }

std::string fixed(double value, int decimals) { return formatted("%.*f", decimals, value); }

}  // namespace ff
