// Example learning rule sign-momentum: backpropagation that passes the sign of the running mean of
// the gradients to the optimizer.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "baselines/network_learner.h"
#include "experiments/learners/network_kind.h"
#include "mine.h"

namespace mine {
namespace {

namespace fe = ff::experiments;

/// m <- beta * m + (1 - beta) * g; the optimizer receives sign(m) as the gradient.
class SignMomentum : public ff::baselines::NetworkLearner {
 public:
  template <class Data>
  SignMomentum(double beta, ff::baselines::NetworkLearnerOptions options, const Data& data)
      : NetworkLearner(std::move(options), data), beta_(beta) {
    for (const auto& [name, tensor] : network->all_parameters()) {
      means_["mean." + name] = at::zeros_like(tensor);
    }
  }

  ff::baselines::Gradient gradient(const at::Tensor& rows,
                                   const at::Tensor& labels,
                                   ff::Pass pass) override {
    auto found = ff::baselines::backpropagate(*network, rows, labels, pass);
    for (auto& [name, gradient] : found.by_name) {
      auto& mean = means_.at("mean." + name);
      const auto moved = beta_ * mean + (1 - beta_) * gradient;
      if (pass == ff::Pass::kTrain) mean.copy_(moved);
      gradient = moved.sign();
    }
    return found;
  }

  /// Includes the running means, so that a resumed run is bit-identical.
  ff::TensorDict training_state() const override {
    auto state = NetworkLearner::training_state();
    ff::merge(state, "", means_);
    return state;
  }

 private:
  double beta_;
  ff::TensorDict means_;
};

}  // namespace

fe::LearnerKind sign_momentum() {
  auto kind = fe::network_kind(
      "sign-momentum",
      "the signs of backpropagation's running mean",
      /*own_keys=*/{},
      [](const auto& config, const auto& data, auto&) -> std::unique_ptr<ff::Learner> {
        fe::check_data(config, data);
        return std::make_unique<SignMomentum>(
            config.rule.template get<double>("beta"), fe::network_learner_options(config), data);
      });
  kind.options = {{"beta", 0.9, ff::half_open(0, 1), "What is kept of the running mean."}};
  return kind;
}

}  // namespace mine
