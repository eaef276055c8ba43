#include "baselines/pepita.h"

#include <cmath>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/separate_seed.h"

namespace ff::baselines {

Pepita::Pepita(const PepitaOptions& pepita, NetworkLearnerOptions options, DataInfo info)
    : MlpLearner(std::move(options), std::move(info)) {
  const auto in = info_.shape.features();
  const auto bound = pepita.scale * std::sqrt(6 / static_cast<double>(in));
  const SeparateSeedGuard own;
  projection = at::empty({in, info_.classes}).uniform_(-bound, bound).to(info_.device);
}

Gradient Pepita::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass) {
  const auto first = mlp_.trace(inputs);
  const auto output = output_error(first.logits(), labels);
  const auto count = labels.size(0);
  const auto second = mlp_.trace(inputs + (output.delta * count).mm(projection.t()));
  Gradient found{output.loss, {}};
  const auto last = mlp_.depth() - 1;
  for (std::size_t l = 0; l < last; ++l) {
    add_layer(found.by_name, l, (first.h[l + 1] - second.h[l + 1]) / count, second.h[l]);
  }
  add_layer(found.by_name, last, output_error(second.logits(), labels).delta, second.h[last]);
  return found;
}

std::vector<FeedbackPair> Pepita::feedback_pairs() const {
  std::vector<FeedbackPair> pairs;
  auto up = -projection;
  for (std::size_t l = 0; l + 1 < mlp_.depth(); ++l) {
    up = mlp_.weight(l).mm(up);
    pairs.push_back({up, weights_above(*network, l).t()});
  }
  return pairs;
}

TensorDict Pepita::training_state() const {
  auto state = MlpLearner::training_state();
  state["projection"] = projection;
  return state;
}

}  // namespace ff::baselines
