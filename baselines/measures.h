// Comparison of a rule's gradient with backpropagation's, for the same network, weights and batch.
#pragma once

#include <vector>

#include "baselines/gradient.h"
#include "ff/learn/gradient_measures.h"

namespace ff::baselines {

/// The feedback matrix of a hidden layer and the matrix that backpropagation uses, of the same
/// shape. An undefined `feedback` means that the layer uses backpropagation's error.
struct FeedbackPair {
  at::Tensor feedback, exact;
};

/// Returns W_L ... W_{l+1} (classes, units), the product of the weights above hidden layer `l`: the
/// derivative of the logits with respect to its output, without the slopes. MLPs only.
at::Tensor weights_above(const NetworkImpl& network, std::size_t l);

/// Returns the angle between the two matrices of each pair, in degrees.
std::vector<double> feedback_angles(const std::vector<FeedbackPair>& pairs);

/// Returns, for each pair, the fraction of entries with the same sign in both, among those that are
/// not zero in `exact`.
std::vector<double> feedback_signs(const std::vector<FeedbackPair>& pairs);

/// Accumulates ff::GradientMeasures over batches: for the weights of each layer compared with
/// backpropagation, and for the activations of the hidden layers.
class MeasureSums {
 public:
  explicit MeasureSums(const Network& network)
      : network_(network), measures_(network->depth(), network->depth() - 1) {}

  /// Adds the rule's gradient on a batch (samples `inputs` (N, D), labels (N)), backpropagation's
  /// on the same batch, and the activations.
  void add(const TensorDict& rule, const at::Tensor& inputs, const at::Tensor& labels);

  Measures result() const { return measures_.result(); }

 private:
  void measure_units(const at::Tensor& inputs);

  Network network_;
  GradientMeasures measures_;
};

}  // namespace ff::baselines
