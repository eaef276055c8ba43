// Tensor comparison. Checks have the form `error <= bound`, so that NaN and shape mismatches fail.
#pragma once

#include <functional>
#include <string>

#include <ATen/core/Tensor.h>

#include "ff/core/tensor_dict.h"
#include "tests/catch.h"

namespace ff::test {

/// CHECK_THAT(got, AllClose(want, rtol, atol)): equal shapes, and |got - want| <= atol + rtol *
/// |want| for every element. Reports the worst element.
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

/// Returns detached copies on the CPU.
TensorDict copies(const TensorDict& from);

/// Checks that the tensors are bit-identical.
void check_same_bits(const TensorDict& got, const TensorDict& want);

/// Checks each tensor of `want` to within `tolerance` times its largest magnitude; `got` may have
/// further tensors.
void check_close(const TensorDict& got, const TensorDict& want, double tolerance);

/// Returns df/dx by central differences with step h for float64 x, in the shape of x. f reads x,
/// which is modified in place and restored.
at::Tensor central_differences(const std::function<double()>& f, at::Tensor x, double h = 1e-6);

}  // namespace ff::test
