// Comparing tensors: in accept form, so that NaN and a wrong shape never pass.
#pragma once

#include <functional>
#include <string>

#include <ATen/core/Tensor.h>

#include "ff/core/tensor_dict.h"
#include "tests/catch.h"

namespace ff::test {

/// CHECK_THAT(got, AllClose(want, rtol, atol)): the same shape, and |got - want| <= atol +
/// rtol * |want| at every entry. Reports the worst entry.
class AllClose : public MatcherBase<at::Tensor> {
 public:
  AllClose(at::Tensor want, double rtol, double atol);
  bool match(const at::Tensor& got) const override;
  std::string describe() const override;

 private:
  at::Tensor want_;
  double rtol_;
  double atol_;
  mutable std::string report_;
};

/// Detached copies, on the CPU.
TensorDict copies(const TensorDict& from);

/// The same tensors, to the bit.
void check_same_bits(const TensorDict& got, const TensorDict& want);

/// Every tensor of `want` within `tolerance` of its own largest entry; there may be others.
void check_close(const TensorDict& got, const TensorDict& want, double tolerance);

/// d f / d x by central differences of step h at float64 x; f reads x in place. Shape of x.
at::Tensor central_differences(const std::function<double()>& f, at::Tensor x, double h = 1e-6);

}  // namespace ff::test
