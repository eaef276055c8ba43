// Initial weights and biases of a fully connected layer.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff {

struct Init {
  const char* name;
  /// Fills weight (out, in) and bias (out) in place from the default generator, weight first.
  void (*fill)(at::Tensor weight, at::Tensor bias);
};

/// torch: nn.Linear's default, both U(+-1/sqrt(fan_in)), the same bits as PyTorch's;
/// normal: weight N(0, 1/fan_in), bias 0 (Hinton's Matlab code).
const std::vector<Init>& inits();
const Init& find_init(const std::string& name);

}  // namespace ff
