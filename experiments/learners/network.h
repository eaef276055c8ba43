// What a config says to the learners that train a Network.
#pragma once

#include <string>
#include <vector>

#include "baselines/network_learner.h"
#include "experiments/learners.h"

namespace ff::experiments {

/// The network, its optimizer and how long it learns, of any such rule.
baselines::NetworkLearnerOptions network_learner_options(const Config& config);

/// The keys that all such rules read and Forward-Forward does not.
std::vector<std::string> network_keys();

/// Adds what is impossible about the network.
void check_network(const Config& config, Problems& problems);

/// Throws std::invalid_argument, with the key, where the last layer has not one unit per class.
void check_classes(const Config& config, const ImageSet& train);

}  // namespace ff::experiments
