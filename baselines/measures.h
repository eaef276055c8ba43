// Measures of a rule beside backpropagation, on the same network, weights and batch.
#pragma once

#include <vector>

#include "baselines/gradient.h"
#include "ff/learn/gradient_measures.h"

namespace ff::baselines {

/// What brings errors to a hidden layer, and what does so in backpropagation: of one shape.
/// Without feedback the error is backpropagation's own.
struct FeedbackPair {
  at::Tensor feedback, exact;
};

/// Of linear layers the product W_L ... W_{l+1} above hidden layer `l`, (classes, units): what
/// brings it the error in backpropagation, but for the slopes.
at::Tensor weights_above(const NetworkImpl& network, std::size_t l);

/// Degrees between the two, pair by pair.
std::vector<double> feedback_angles(const std::vector<FeedbackPair>& pairs);

/// The share of entries that have one sign in both, of those that are not zero in backpropagation.
std::vector<double> feedback_signs(const std::vector<FeedbackPair>& pairs);

/// Gathers over batches ff::GradientMeasures of the weighted layers' weights to backpropagation's,
/// and of the hidden layers' units.
class MeasureSums {
 public:
  explicit MeasureSums(const Network& network)
      : network_(network), measures_(network->depth(), network->depth() - 1) {}

  /// Takes a rule's gradient on a batch; looks at the network on the same batch.
  void add(const TensorDict& rule, const at::Tensor& rows, const at::Tensor& labels);

  Measures result() const { return measures_.result(); }

 private:
  void look_at_units(const at::Tensor& rows);

  Network network_;
  GradientMeasures measures_;
};

}  // namespace ff::baselines
