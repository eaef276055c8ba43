#include "ff/init.h"

#include <cmath>

#include <torch/nn/init.h>

#include "ff/choice.h"

namespace ff {
namespace {

void torch_default(at::Tensor weight, at::Tensor bias) {
  torch::NoGradGuard no_grad;
  torch::nn::init::kaiming_uniform_(weight, std::sqrt(5));
  const auto bound = 1 / std::sqrt(static_cast<double>(weight.size(1)));
  torch::nn::init::uniform_(bias, -bound, bound);
}

void normal(at::Tensor weight, at::Tensor bias) {
  torch::NoGradGuard no_grad;
  weight.normal_(0, 1 / std::sqrt(static_cast<double>(weight.size(1))));
  bias.zero_();
}

}  // namespace

const std::vector<Init>& inits() {
  static const std::vector<Init> all = {{"torch", torch_default}, {"normal", normal}};
  return all;
}

const Init& find_init(const std::string& name) { return find_choice(inits(), name, "init"); }

}  // namespace ff
