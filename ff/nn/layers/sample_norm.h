// Parts shared by the normalisations that use the statistics of one sample, never of the batch:
// group, layer, instance and RMS normalisation.
#pragma once

#include <cstdint>
#include <vector>

#include "ff/nn/layer_kind.h"

namespace ff {

/// Returns the options `affine` and `epsilon`, after `first`.
std::vector<LayerField> sample_norm_fields(const char* affine_help,
                                           std::vector<LayerField> first = {});

/// Returns the option `over`: "sample", over all values of a sample, or "position", over the
/// channels at each position.
LayerField over_field();

/// Throws std::invalid_argument if a mean over `values` values of a sample would be the value
/// itself, so that every output would be the same; `what` names the normalised part.
void refuse_single_value(std::int64_t values, const char* what);

/// Group normalisation (Wu & He 2018, arXiv 1803.08494): y = (x - mean) / sqrt(variance + epsilon)
/// * weight + bias, with mean and variance over all positions and the channels of one of `groups`
/// groups of consecutive channels, and weight and bias per channel; as nn.GroupNorm.
class GroupNormImpl : public LayerImpl {
 public:
  /// If not `affine`, there are no weight and bias. Draws no random numbers.
  GroupNormImpl(std::int64_t groups, std::int64_t channels, bool affine, double epsilon);

  /// Maps (N, C) or (N, C, H, W) to the same shape.
  at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) const override;

  at::Tensor weight, bias;  // (C), or undefined if not affine

 private:
  std::int64_t groups_;
  double epsilon_;
};

}  // namespace ff
