// The section `rule`: options of a learning rule that a separate program registers. Rules of this
// repository have sections named after their options.
#pragma once

#include <string>
#include <vector>

#include "ff/core/custom_options.h"

namespace ff::experiments {

/// Returns the options of the rule `type`; those of all rules if it is empty; none if it is
/// unknown.
const std::vector<CustomField>& rule_fields(const std::string& type);

struct RuleOptions {
  std::string type;  // value of model.type; not a key
  CustomValues own;

  /// Returns the option `name`, or its default; T is bool, std::int64_t, double or std::string.
  template <class T>
  T get(const char* name) const {
    return custom_option<T>(own, rule_fields(type), name);
  }

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    for (const auto& field : rule_fields(self.type)) visit_custom(self.own, field, visit);
  }
};

}  // namespace ff::experiments
