// Translation of the config for learners that train a Network.
#pragma once

#include <string>
#include <vector>

#include "baselines/network_learner.h"
#include "experiments/learners.h"

namespace ff::experiments {

/// Returns the options that all such rules share: network, optimizer and schedule.
baselines::NetworkLearnerOptions network_learner_options(const Config& config);

/// Returns the config keys that these rules read and some other rules do not, followed by the
/// rule-specific keys `more`.
std::vector<std::string> network_keys(std::vector<std::string> more = {});

/// Adds a problem for each unsupported combination of network settings.
void check_network(const Config& config, Problems& problems);

/// Adds a problem for each layer with weights that is not linear. `why` is appended to the layer
/// type in the message.
void refuse_convolutions(const Config& config, const std::string& why, Problems& problems);

/// Creates the registry entry of a rule with rule-specific keys and without a fused engine.
LearnerKind network_kind(const char* name,
                         const char* help,
                         std::vector<std::string> rule_keys,
                         decltype(LearnerKind::make) make,
                         decltype(LearnerKind::check) check = check_network);

/// As network_kind(), for a rule that trains a baselines::Mlp and so does not read
/// model.batch_norm.
LearnerKind mlp_kind(const char* name,
                     const char* help,
                     std::vector<std::string> rule_keys,
                     decltype(LearnerKind::make) make);

/// Throws std::invalid_argument, with the key, if the number of output units differs from the
/// number of classes, or if batch normalisation would see a batch with one value per channel.
void check_data(const Config& config, const ImageSet& train);

}  // namespace ff::experiments
