// Feedback matrices: the weights that errors travel through where a rule does not take the
// network's.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "baselines/feedback_options.h"

namespace ff::baselines {

/// The feedback matrix of `options.init` for a tensor like `like`, (out, in) or (out, in, k, k),
/// times `options.scale`, on its device; "copy" copies `like`. For errors that come straight from
/// the output, (classes, units), fan_in is the units.
at::Tensor make_feedback(const at::Tensor& like,
                         const FeedbackOptions& options,
                         at::Generator generator);

/// The name of the feedback matrix of layer `l` in checkpoints.
std::string feedback_name(std::size_t l);

/// +1 with the probability `share`, else -1; shape and device of `like`.
at::Tensor draw_signs(const at::Tensor& like, double share, at::Generator generator);

}  // namespace ff::baselines
