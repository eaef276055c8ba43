// Feedback matrices: the weights that a rule uses in the backward pass in place of the network's.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "baselines/feedback_options.h"

namespace ff::baselines {

/// Draws a feedback matrix by `options.init`, times `options.scale`, with the shape, type and
/// device of `like`: (out, in), (out, in, k, k), or (classes, units) for direct feedback, whose
/// fan_in is the number of units. "copy" copies `like` instead.
at::Tensor make_feedback(const at::Tensor& like,
                         const FeedbackOptions& options,
                         at::Generator generator);

/// Name of the feedback matrix of layer `l` in checkpoints: "feedback.<l>.weight".
std::string feedback_name(std::size_t l);

/// Draws +1 with probability `share`, else -1, with the shape, type and device of `like`.
at::Tensor draw_signs(const at::Tensor& like, double share, at::Generator generator);

}  // namespace ff::baselines
