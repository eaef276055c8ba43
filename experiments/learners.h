// The learning rules that a config can name: the one place that knows them all.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "experiments/config/options.h"
#include "experiments/config/problems.h"
#include "ff/core/python_random.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// A learning rule: what `model.type` calls it, which of the keys that not every rule reads it
/// reads, and how it is made. A new rule is a file in baselines/, one in
/// learners/ and an entry in learners.cpp.
struct LearnerKind {
  const char* name;
  const char* help;
  std::vector<std::string> uses;  // dotted paths of keys or sections, such as "label"
  double learning_rate;           // where the config gives none
  /// The network is on the training images' device; `random` must outlive the learner.
  std::unique_ptr<Learner> (*make)(const Config&, const ImageSet& train, PythonRandom& random);
  /// The engine that it will run with; throws std::invalid_argument where the one asked for cannot.
  std::string (*engine)(const Config&, const at::Device& device);
  /// Adds what is impossible about values that are right one by one.
  void (*check)(const Config&, Problems&);
  /// Keys that mean nothing by the rule's own choices, as in meaningless_keys; null: none.
  std::map<std::string, std::string> (*meaningless)(const Config&) = nullptr;
  /// How many of its runs are best trained as one; 0: they cannot be. Null where they never can.
  std::int64_t (*worth_together)(const Config&, const at::Device& device) = nullptr;
  /// Learners that are alike but for seeds and rates, as one; they go on being used by themselves.
  std::unique_ptr<LearnerGroup> (*together)(const std::vector<Learner*>&) = nullptr;
  /// The keys of the section `rule`, read by config.rule.get<T>(name); for rules from outside.
  std::vector<OwnField> options = {};
};

const std::vector<LearnerKind>& learner_kinds();
const LearnerKind& find_learner(const std::string& name);

/// Adds a rule of one's own; at the beginning of main(), as the first use of the list closes it.
/// Throws std::logic_error when it is too late, or the name is taken.
void register_learner(LearnerKind kind);

/// The keys that mean nothing under this config, each with what it is that makes it so: "optimizer.
/// momentum" with "optimizer.type adam".
std::map<std::string, std::string> meaningless_keys(const Config& config);

}  // namespace ff::experiments
