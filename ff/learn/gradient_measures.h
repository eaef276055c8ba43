// How a rule's gradients stand to backpropagation's.
#pragma once

#include <cstddef>
#include <vector>

#include "ff/learn/learner.h"

namespace ff {

/// Degrees between two tensors of one shape taken as vectors; NaN where one is zero.
double angle_between(const at::Tensor& a, const at::Tensor& b);

/// |rule| / |bp|; NaN where bp is zero.
double norm_ratio(const at::Tensor& rule, const at::Tensor& bp);

/// Of the entries where bp is not zero, the share at which rule has its sign; NaN where there are
/// none.
double sign_agreement(const at::Tensor& rule, const at::Tensor& bp);

/// Per layer, over batches: the means of "angle", "norm_ratio" and "sign_agreement", NaN where no
/// batch had one, and "dead_units", the share of units (of a convolution, channels) that were 0 on
/// every image.
class GradientMeasures {
 public:
  /// Gradients of `weights` layers; activations of the first `hidden` of them.
  GradientMeasures(std::size_t weights, std::size_t hidden)
      : angle_(weights), norm_ratio_(weights), sign_agreement_(weights), alive_(hidden) {}

  /// A layer's gradients on a batch, of one shape.
  void add_gradient(std::size_t layer, const at::Tensor& rule, const at::Tensor& bp);

  /// A layer's activations on a batch, (B, units) or (B, channels, H, W).
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
  std::vector<at::Tensor> alive_;  // bool (units)
};

}  // namespace ff
