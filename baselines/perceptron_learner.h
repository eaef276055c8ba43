// What the rules share that work on a Perceptron.
#pragma once

#include "baselines/network_learner.h"
#include "baselines/perceptron.h"

namespace ff::baselines {

class PerceptronLearner : public NetworkLearner {
 public:
  /// Throws as check_perceptron and NetworkLearner do.
  PerceptronLearner(NetworkLearnerOptions options, DataInfo info)
      : NetworkLearner(std::move(options), std::move(info)), perceptron_(network) {
    check_perceptron(options_.layers);
  }

 protected:
  Perceptron perceptron_;
};

}  // namespace ff::baselines
