#include "ff/nn/normalize.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/find_choice.h"
#include "ff/math/normalize.h"
#include "ff/nn/normalize_options.h"

namespace ff {
namespace {

at::Tensor l2(const at::Tensor& x, double epsilon) {
  return x / (x.norm(/*p=*/2, /*dim=*/1, /*keepdim=*/true) + epsilon);
}

at::Tensor rms(const at::Tensor& x, double epsilon) {
  return x / (x.pow(2).mean(/*dim=*/1, /*keepdim=*/true).sqrt() + epsilon);
}

// Tensor operation, differentiable by autograd, of each closed form.
decltype(LengthNormalization::apply) normalization_of(fused::L2Length) { return l2; }
decltype(LengthNormalization::apply) normalization_of(fused::RmsLength) { return rms; }
decltype(LengthNormalization::apply) normalization_of(fused::UnchangedLength) {
  return [](const at::Tensor& x, double) { return x; };
}

template <class... Rows>
std::vector<LengthNormalization> all_normalizations(Types<Rows...>) {
  return {
      LengthNormalization{Rows::name, normalization_of(Rows{}), Rows::template factor<double>}...};
}

}  // namespace

const std::vector<LengthNormalization>& length_normalizations() {
  static const auto all = all_normalizations(fused::LengthNormalizations{});
  return all;
}

const LengthNormalization& find_length_normalization(const std::string& name) {
  return find_choice(length_normalizations(), name, "normalisation");
}

std::vector<std::string> NormalizeOptions::types() { return names_of(length_normalizations()); }

}  // namespace ff
