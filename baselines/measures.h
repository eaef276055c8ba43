// Measures of a rule beside backpropagation, on the same network, weights and batch.
#pragma once

#include <vector>

#include "baselines/gradient.h"
#include "ff/learner.h"

namespace ff::baselines {

/// Degrees between two tensors of one shape taken as vectors; NaN where one is zero.
double angle_between(const at::Tensor& a, const at::Tensor& b);

/// |rule| / |bp|; NaN where bp is zero.
double norm_ratio(const at::Tensor& rule, const at::Tensor& bp);

/// Of the entries where bp is not zero, the share at which rule has its sign; NaN where there are
/// none.
double sign_agreement(const at::Tensor& rule, const at::Tensor& bp);

/// Gathers measures over batches: per weighted layer the mean over the batches of "angle",
/// "norm_ratio" and "sign_agreement" of the weight's gradient to backpropagation's; per hidden
/// layer "dead_units", the share of units (of a convolution, channels) that were 0 on every image.
class MeasureSums {
 public:
  explicit MeasureSums(const Network& network);

  /// Takes a rule's gradient on a batch; looks at the network on the same batch.
  void add(const TensorDict& rule, const at::Tensor& rows, const at::Tensor& labels);

  Measures result() const;

 private:
  struct Mean {
    double sum = 0;
    std::int64_t count = 0;
    void add(double value);
    double value() const;
  };

  void look_at_units(const at::Tensor& rows);

  Network network_;
  std::vector<Mean> angle_, norm_ratio_, sign_agreement_;  // per layer
  std::vector<at::Tensor> alive_;                          // bool (units), per hidden layer
};

}  // namespace ff::baselines
