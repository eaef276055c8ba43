#include "ff/nn/init.h"

#include <cmath>

#include <torch/nn/init.h>

#include "ff/core/find_choice.h"

namespace ff {
namespace {

// Returns the fan-in of a weight (out, in) or (out, in, height, width).
double fan_in(const at::Tensor& weight) {
  return static_cast<double>(weight.numel() / weight.size(0));
}

void torch_default(at::Tensor weight, at::Tensor bias) {
  torch::NoGradGuard no_grad;
  torch::nn::init::kaiming_uniform_(weight, std::sqrt(5));
  const auto bound = 1 / std::sqrt(fan_in(weight));
  torch::nn::init::uniform_(bias, -bound, bound);
}

void normal(at::Tensor weight, at::Tensor bias) {
  torch::NoGradGuard no_grad;
  weight.normal_(0, 1 / std::sqrt(fan_in(weight)));
  bias.zero_();
}

void zero(at::Tensor weight, at::Tensor bias) {
  torch::NoGradGuard no_grad;
  weight.zero_();
  bias.zero_();
}

}  // namespace

const std::vector<Init>& inits() {
  static const std::vector<Init> all = {
      {"torch", torch_default}, {"normal", normal}, {"zero", zero}};
  return all;
}

const Init& find_init(const std::string& name) { return find_choice(inits(), name, "init"); }

void initialize(const std::string& init, const at::Tensor& weight, const at::Tensor& bias) {
  torch_default(weight, bias);
  if (init != "torch") find_init(init).fill(weight, bias);
}

}  // namespace ff
