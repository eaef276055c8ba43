#include "experiments/config/changes.h"

#include "experiments/config/schema.h"

namespace ff::experiments {

std::string assignment_problem(const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals != std::string::npos && is_dotted_path(assignment.substr(0, equals))) return {};
  return "--set " + assignment +
         ": expected a.b=VALUE, such as optimizer.learning_rate=0.03, or a.b= to remove the key";
}

Change read_assignment(const std::string& assignment) {
  if (const auto problem = assignment_problem(assignment); !problem.empty()) {
    throw ConfigError(problem);
  }
  const auto equals = assignment.find('=');
  Change change{assignment.substr(0, equals), std::nullopt, "--set " + assignment};
  const auto text = assignment.substr(equals + 1);
  if (!text.empty()) change.value = parse_value(text, change.source);
  return change;
}

std::vector<Change> read_assignments(const std::vector<std::string>& assignments) {
  std::vector<Change> changes;
  for (const auto& assignment : assignments) changes.push_back(read_assignment(assignment));
  return changes;
}

std::vector<Change> changes_of(const Json& set) {
  std::vector<Change> changes;
  for (const auto& item : set.items()) changes.push_back({item.key(), item.value(), ""});
  return changes;
}

void apply(Json& config, const std::vector<Change>& changes, Problems& problems) {
  for (const auto& [key, value, source] : changes) {
    if (!source.empty()) problems.came_from(key, source);
    if (value) {
      set_path(config, key, *value, source.empty() ? problems.file() : source);
    } else if (const auto problem = unknown_key_problem(key); !problem.empty()) {
      problems.add(key, problem);
    } else {
      erase_path(config, key);
    }
  }
}

}  // namespace ff::experiments
