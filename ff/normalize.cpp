#include "ff/normalize.h"

#include <cmath>

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
      {"l2", l2, [](double ssq, double, double eps) { return 1 / (std::sqrt(ssq) + eps); }},
      {"rms",
       rms,
       [](double ssq, double width, double eps) { return 1 / (std::sqrt(ssq / width) + eps); }},
      {"none",
       [](const at::Tensor& x, double) { return x; },
       [](double, double, double) { return 1.0; }},
  };
  return all;
}

const RowNormalization& find_row_normalization(const std::string& name) {
  return find_choice(row_normalizations(), name, "normalisation");
}

}  // namespace ff
