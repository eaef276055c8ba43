// The non-linearities a layer can apply.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff {

struct Activation {
  const char* name;
  at::Tensor (*forward)(const at::Tensor& x);  // elementwise, any shape
  /// `grad` times the derivative at x, where y = forward(x); what autograd computes, bit for bit.
  at::Tensor (*backward)(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& y);
  /// No |forward(x)| is above it.
  double bound = std::numeric_limits<double>::infinity();
};

/// relu, tanh, sigmoid, softplus, gelu. A new one is a line in activation.cpp.
const std::vector<Activation>& activations();
const Activation& find_activation(const std::string& name);

/// Adds one; at the beginning of main(), as the first use of the list closes it. Throws
/// std::logic_error when it is too late, or the name is taken.
void register_activation(Activation activation);

}  // namespace ff
