// Base of the rules that are implemented for MLPs only, by the passes of Perceptron.
#pragma once

#include "baselines/network_learner.h"
#include "baselines/perceptron.h"

namespace ff::baselines {

/// A NetworkLearner whose network is an MLP.
class PerceptronLearner : public NetworkLearner {
 public:
  /// Throws as check_perceptron() and NetworkLearner's constructor.
  PerceptronLearner(NetworkLearnerOptions options, DataInfo info)
      : NetworkLearner(std::move(options), std::move(info)), perceptron_(network) {
    check_perceptron(options_.layers);
  }

 protected:
  Perceptron perceptron_;
};

}  // namespace ff::baselines
