// Activation functions, as tensor operations.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff {

struct Activation {
  const char* name;
  at::Tensor (*forward)(const at::Tensor& x);  // elementwise, any shape
  /// Returns grad * phi'(x), where y = forward(x); bit-equal to autograd's gradient.
  at::Tensor (*backward)(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& y);
  /// Upper bound of |forward(x)|.
  double bound = std::numeric_limits<double>::infinity();
};

/// Returns relu, tanh, sigmoid, softplus and gelu (listed at the end of ff/math/activation.h), and
/// the registered ones.
/// Throws std::invalid_argument, listing the allowed names, if there is none called `name`.
const std::vector<Activation>& activations();
const Activation& find_activation(const std::string& name);

/// Registers an activation. Call it at the beginning of main(): the first lookup closes the list.
/// Throws std::logic_error if the list is closed or the name is taken.
void register_activation(Activation activation);

}  // namespace ff
