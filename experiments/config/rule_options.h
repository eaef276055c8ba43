// The section `rule`: options of a learning rule that is registered from outside. Rules that come
// along have sections of their own.
#pragma once

#include <string>
#include <vector>

#include "ff/core/own_options.h"

namespace ff::experiments {

/// The options of the rule that model.type names; of all rules where it is empty; none of an
/// unknown one.
const std::vector<OwnField>& rule_fields(const std::string& type);

struct RuleOptions {
  std::string type;  // model.type; no key
  OwnValues own;

  /// The option called `name`, or its default; T is bool, std::int64_t, double or std::string.
  template <class T>
  T get(const char* name) const {
    return own_option<T>(own, rule_fields(type), name);
  }

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    for (const auto& field : rule_fields(self.type)) visit_own(self.own, field, visit);
  }
};

}  // namespace ff::experiments
