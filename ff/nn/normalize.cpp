#include "ff/nn/normalize.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/choice.h"
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
decltype(RowNormalization::apply) normalization_of(fused::L2Rows) { return l2; }
decltype(RowNormalization::apply) normalization_of(fused::RmsRows) { return rms; }
decltype(RowNormalization::apply) normalization_of(fused::UnchangedRows) {
  return [](const at::Tensor& x, double) { return x; };
}

template <class... Rows>
std::vector<RowNormalization> all_normalizations(Types<Rows...>) {
  return {RowNormalization{Rows::name, normalization_of(Rows{}), Rows::template factor<double>}...};
}

}  // namespace

const std::vector<RowNormalization>& row_normalizations() {
  static const auto all = all_normalizations(fused::RowNormalizations{});
  return all;
}

const RowNormalization& find_row_normalization(const std::string& name) {
  return find_choice(row_normalizations(), name, "normalisation");
}

std::vector<std::string> NormalizeOptions::types() { return names_of(row_normalizations()); }

}  // namespace ff
