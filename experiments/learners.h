// Registry of the learning rules (model.type).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "experiments/config/config_options.h"
#include "experiments/config/problems.h"
#include "ff/core/python_random.h"
#include "ff/data/image_set.h"
#include "ff/engines/engine_choice.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// A learning rule: its name in `model.type`, the rule-specific config keys it reads, and its
/// factory. To add a rule, add a file in baselines/, one in learners/ and an entry in learners.cpp.
struct LearnerKind {
  const char* name;
  const char* help;
  std::vector<std::string> uses;  // dotted config keys or sections that it reads, such as "label"
  double learning_rate;           // default if the config sets none
  /// Creates the learner; its network is on the device of the training images. `random` must
  /// outlive the learner.
  std::unique_ptr<Learner> (*make)(const Config&, const ImageSet& train, PythonRandom& random);
  /// Returns the engine that the learner will use. Throws OptionError if the requested engine does
  /// not support the config.
  EngineChoice (*engine)(const Config&, const at::Device& device);
  /// Adds a problem for each unsupported combination of individually valid values.
  void (*check)(const Config&, Problems&);
  /// Returns how many runs of this config are worth training as one group; 0 if they cannot be
  /// grouped. Null if the rule does not support group training.
  std::int64_t (*preferred_group_size)(const Config&, const at::Device& device) = nullptr;
  /// Groups learners that differ only in seeds and learning rates for joint training. Each learner
  /// remains usable on its own.
  std::unique_ptr<LearnerGroup> (*together)(const std::vector<Learner*>&) = nullptr;
  /// Keys of the config section `rule`, read with config.rule.get<T>(name); for rules registered
  /// from outside this project.
  std::vector<CustomField> options = {};
};

const std::vector<LearnerKind>& learner_kinds();
const LearnerKind& find_learner(const std::string& name);

/// Registers a learning rule. Call it at the start of main(): the registry is closed at its first
/// use. Throws std::logic_error if the registry is closed or the name is taken.
void register_learner(LearnerKind kind);

}  // namespace ff::experiments
