// Comparison of a learning rule's gradients with backpropagation's.
#pragma once

#include <cstddef>
#include <vector>

#include "ff/learn/learner.h"

namespace ff {

/// Returns the angle in degrees between two tensors of one shape, as vectors; NaN if one is zero.
double angle_between(const at::Tensor& a, const at::Tensor& b);

/// Returns |rule| / |bp|; NaN if bp is zero.
double norm_ratio(const at::Tensor& rule, const at::Tensor& bp);

/// Returns the fraction of the non-zero entries of bp at which rule has the same sign; NaN if bp is
/// zero.
double sign_agreement(const at::Tensor& rule, const at::Tensor& bp);

/// Accumulates over batches, per layer: the means of "angle", "norm_ratio" and "sign_agreement"
/// (ignoring NaN; NaN if no batch had a value), and "dead_units", the fraction of units (channels
/// of a convolution) that were 0 for every image.
class GradientMeasures {
 public:
  /// For the gradients of `weights` layers and the activations of the first `hidden` of them.
  GradientMeasures(std::size_t weights, std::size_t hidden)
      : angle_(weights), norm_ratio_(weights), sign_agreement_(weights), ever_active_(hidden) {}

  /// Adds a layer's gradients on a batch, of equal shape.
  void add_gradient(std::size_t layer, const at::Tensor& rule, const at::Tensor& bp);

  /// Adds a layer's activations on a batch, (B, units) or (B, channels, H, W).
  void add_activations(std::size_t layer, const at::Tensor& activations);

  Measures result() const;

 private:
  struct Mean {
    double sum = 0;
    std::int64_t count = 0;
    void add(double value);
    double value() const;
  };

  std::vector<Mean> angle_, norm_ratio_, sign_agreement_;
  std::vector<at::Tensor> ever_active_;  // bool (units): non-zero for some image
};

}  // namespace ff
