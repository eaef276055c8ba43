#include "ff/normalize.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/choice.h"

namespace ff {
namespace {

at::Tensor l2(const at::Tensor& x, double epsilon) {
  return x / (x.norm(/*p=*/2, /*dim=*/1, /*keepdim=*/true) + epsilon);
}

at::Tensor rms(const at::Tensor& x, double epsilon) {
  return x / (x.pow(2).mean(/*dim=*/1, /*keepdim=*/true).sqrt() + epsilon);
}

}  // namespace

const std::vector<RowNormalization>& row_normalizations() {
  static const std::vector<RowNormalization> all = {
      {"l2", l2},
      {"rms", rms},
      {"none", [](const at::Tensor& x, double) { return x; }},
  };
  return all;
}

const RowNormalization& find_row_normalization(const std::string& name) {
  return find_choice(row_normalizations(), name, "normalisation");
}

}  // namespace ff
