// Weight initialisation of fully connected and convolutional layers.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff {

struct Init {
  const char* name;
  /// Fills weight (out, in) or (out, in, k, k), then bias (out), in place from the default
  /// generator.
  void (*fill)(at::Tensor weight, at::Tensor bias);
};

/// Returns the initialisations:
///   torch   weight and bias U(-1/sqrt(fan_in), 1/sqrt(fan_in)); the default of nn.Linear and
///           nn.Conv2d, bit-equal to PyTorch's
///   normal  weight N(0, 1/fan_in), i.e. standard deviation 1/sqrt(fan_in), bias 0 (Hinton's Matlab
///           code)
///   zero    both 0 (the code of the DFA paper for tanh and sigmoid, dfa-torch)
const std::vector<Init>& inits();
const Init& find_init(const std::string& name);

/// Initialises a layer's parameters. Always draws PyTorch's default values first, even if `init`
/// then overwrites them, as a Python layer's constructor does: later draws stay identical to
/// Python's.
void initialize(const std::string& init, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace ff
