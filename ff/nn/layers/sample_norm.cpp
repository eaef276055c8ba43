#include "ff/nn/layers/sample_norm.h"

#include <stdexcept>
#include <string>

#include <ATen/Functions.h>

namespace ff {

std::vector<LayerField> sample_norm_fields(const char* affine_help, std::vector<LayerField> first) {
  first.push_back({"affine", &LayerOptions::affine, any(), affine_help});
  first.push_back({"epsilon", 1e-5, above(0), "Added to the variance or mean square."});
  return first;
}

LayerField over_field() {
  return {"over",
          "sample",
          one_of({"sample", "position"}),
          "What is normalised: sample, all values of a sample together; position, the channels at "
          "each pixel."};
}

void refuse_single_value(std::int64_t values, const char* what) {
  if (values > 1) return;
  throw std::invalid_argument(std::string("a single value per ") + what +
                              " has no variance, so that all outputs would be equal");
}

GroupNormImpl::GroupNormImpl(std::int64_t groups,
                             std::int64_t channels,
                             bool affine,
                             double epsilon)
    : groups_(groups), epsilon_(epsilon) {
  if (!affine) return;
  weight = register_parameter("weight", at::ones({channels}));
  bias = register_parameter("bias", at::zeros({channels}));
}

at::Tensor GroupNormImpl::forward(const at::Tensor& x, Pass) const {
  return at::group_norm(x, groups_, weight, bias, epsilon_);
}

}  // namespace ff
