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

template <class Rows>
RowNormalization closed_form(at::Tensor (*apply)(const at::Tensor& x, double epsilon)) {
  return {Rows::name, apply, Rows::template factor<double>};
}

}  // namespace

const std::vector<RowNormalization>& row_normalizations() {
  static const std::vector<RowNormalization> all = {
      closed_form<fused::L2Rows>(l2),
      closed_form<fused::RmsRows>(rms),
      closed_form<fused::UnchangedRows>([](const at::Tensor& x, double) { return x; }),
  };
  return all;
}

const RowNormalization& find_row_normalization(const std::string& name) {
  return find_choice(row_normalizations(), name, "normalisation");
}

std::vector<std::string> NormalizeOptions::types() { return names_of(row_normalizations()); }

}  // namespace ff
