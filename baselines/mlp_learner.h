// Base of the rules that are implemented for MLPs only, by the passes of Mlp.
#pragma once

#include "baselines/mlp.h"
#include "baselines/network_learner.h"

namespace ff::baselines {

/// A NetworkLearner whose network is an MLP.
class MlpLearner : public NetworkLearner {
 public:
  /// Throws as check_mlp() and NetworkLearner's constructor.
  MlpLearner(NetworkLearnerOptions options, DataInfo info)
      : NetworkLearner(std::move(options), std::move(info)), mlp_(network) {
    check_mlp(options_.layers);
  }

 protected:
  Mlp mlp_;
};

}  // namespace ff::baselines
