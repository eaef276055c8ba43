// Initial weights and biases of a fully connected or convolutional layer.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff {

struct Init {
  const char* name;
  /// Fills weight (out, in) or (out, in, k, k) and bias (out) in place from the default generator,
  /// weight first.
  void (*fill)(at::Tensor weight, at::Tensor bias);
};

/// torch: the default of nn.Linear and nn.Conv2d, both U(+-1/sqrt(fan_in)), the same bits as
/// PyTorch's; normal: weight N(0, 1/fan_in), bias 0 (Hinton's Matlab code); zero: both 0 (the DFA
/// paper's code for tanh and sigmoid: dfa-torch).
const std::vector<Init>& inits();
const Init& find_init(const std::string& name);

/// Fills a layer's parameters as Python does, where a layer's constructor draws PyTorch's initial
/// values whatever comes after: so all that is drawn later is the same, too.
void initialize(const std::string& init, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace ff
