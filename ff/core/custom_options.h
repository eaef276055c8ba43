// Options accessed by name rather than as struct members: those of layers and learning rules that
// user code registers.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "ff/core/fields.h"

namespace ff {

using CustomValue = std::variant<bool, std::int64_t, double, std::string>;

/// One such option: its key, default, constraints and help text.
struct CustomField {
  const char* name;
  CustomValue standard;
  Rule rule = {};
  const char* help = "";
};

/// The values given, by key.
using CustomValues = std::map<std::string, CustomValue>;

/// Visits the value of `field`, or its default if `values` does not contain it. A mutable `values`
/// receives the visited value.
template <class Values, class Visitor>
void visit_custom(Values& values, const CustomField& field, Visitor& visit) {
  const auto found = values.find(field.name);
  auto value = found == values.end() ? field.standard : found->second;
  std::visit([&](auto& one) { visit(field.name, one, field.rule, field.help); }, value);
  if constexpr (!std::is_const_v<Values>) values[field.name] = value;
}

/// Returns the value called `name`, or its default. T must be the type of the default. Throws
/// std::invalid_argument if no field has this name.
template <class T>
T custom_option(const CustomValues& values,
                const std::vector<CustomField>& fields,
                const char* name) {
  const auto found = values.find(name);
  if (found != values.end()) return std::get<T>(found->second);
  for (const auto& field : fields) {
    if (std::string(field.name) == name) return std::get<T>(field.standard);
  }
  throw std::invalid_argument("there is no option '" + std::string(name) + "'");
}

}  // namespace ff
