// What a config says to the learners that train a Network.
#pragma once

#include <string>
#include <vector>

#include "baselines/network_learner.h"
#include "experiments/learners.h"

namespace ff::experiments {

/// The network, its optimizer and how long it learns, of any such rule.
baselines::NetworkLearnerOptions network_learner_options(const Config& config);

/// The keys that all such rules read and not every other rule does, and a rule's own, `more`.
std::vector<std::string> network_keys(std::vector<std::string> more = {});

/// Adds what is impossible about the network.
void check_network(const Config& config, Problems& problems);

/// Adds a problem for each layer whose weights are not those of a linear one; `why` follows its
/// type.
void refuse_convolutions(const Config& config, const std::string& why, Problems& problems);

/// A rule with keys of its own that has no fused engine.
LearnerKind network_kind(const char* name,
                         const char* help,
                         std::vector<std::string> own_keys,
                         decltype(LearnerKind::make) make,
                         decltype(LearnerKind::check) check = check_network);

/// The same of a rule that works on a baselines::Perceptron, and so does not read
/// model.batch_norm.
LearnerKind perceptron_kind(const char* name,
                            const char* help,
                            std::vector<std::string> own_keys,
                            decltype(LearnerKind::make) make);

/// Throws std::invalid_argument, with the key, where the last layer has not one unit per class, or
/// batch normalisation would meet a batch of one value per channel.
void check_data(const Config& config, const ImageSet& train);

}  // namespace ff::experiments
