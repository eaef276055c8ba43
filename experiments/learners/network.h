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

/// The same of rules that work on a baselines::Perceptron.
std::vector<std::string> perceptron_keys(std::vector<std::string> more = {});

/// Adds what is impossible about the network.
void check_network(const Config& config, Problems& problems);

/// The engine of a rule that has no fused one; throws std::invalid_argument where that is asked
/// for.
std::string autograd_engine(const Config& config, const at::Device& device);

/// The same as check_network, for rules that work on a baselines::Perceptron; such a rule does not
/// read model.batch_norm.
void check_perceptron(const Config& config, Problems& problems);

/// Throws std::invalid_argument, with the key, where the last layer has not one unit per class.
void check_classes(const Config& config, const ImageSet& train);

}  // namespace ff::experiments
