#include "tests/close.h"

#include <sstream>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

namespace ff::test {

AllClose::AllClose(at::Tensor want, double rtol, double atol)
    : want_(want.detach().to(at::kCPU, at::kDouble)), rtol_(rtol), atol_(atol) {}

bool AllClose::match(const at::Tensor& tensor) const {
  const auto got = tensor.detach().to(at::kCPU, at::kDouble);
  std::ostringstream text;
  if (got.sizes() != want_.sizes()) {
    text << "has the shape " << got.sizes() << ", wanted " << want_.sizes();
    report_ = text.str();
    return false;
  }
  if (got.numel() == 0) return true;
  const auto ratio = ((got - want_).abs() / (atol_ + rtol_ * want_.abs())).nan_to_num(1e300);
  const auto exact = (got == want_).logical_and(want_.isfinite());
  const auto worst_of = ratio.masked_fill(exact, 0).flatten();
  const auto worst = worst_of.argmax().item<std::int64_t>();
  const auto times = worst_of[worst].item<double>();
  text << "is " << times << " times the tolerance away at entry " << worst << ": got "
       << got.flatten()[worst].item<double>() << ", wanted "
       << want_.flatten()[worst].item<double>();
  report_ = text.str();
  return times <= 1;
}

std::string AllClose::describe() const { return report_; }

TensorDict copies(const TensorDict& from) {
  TensorDict all;
  for (const auto& [name, tensor] : from) all[name] = tensor.detach().cpu().clone();
  return all;
}

void check_same_bits(const TensorDict& got, const TensorDict& want) {
  REQUIRE(got.size() == want.size());
  for (const auto& [name, tensor] : want) {
    INFO(name);
    CHECK(at::equal(got.at(name), tensor));
  }
}

void check_close(const TensorDict& got, const TensorDict& want, double tolerance) {
  REQUIRE_FALSE(want.empty());
  for (const auto& [name, tensor] : want) {
    INFO(name);
    const auto size = tensor.numel() ? tensor.to(at::kDouble).abs().max().item<double>() : 0;
    CHECK_THAT(got.at(name), AllClose(tensor, 0, tolerance * size + 1e-300));
  }
}

at::Tensor central_differences(const std::function<double()>& f, at::Tensor x, double h) {
  at::NoGradGuard no_grad;
  auto gradient = at::empty(x.sizes(), at::kDouble);
  auto values = x.view({-1});
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    const auto at_i = values[i].item<double>();
    values[i].fill_(at_i + h);
    const double above = f();
    values[i].fill_(at_i - h);
    const double below = f();
    values[i].fill_(at_i);
    gradient.view({-1})[i].fill_((above - below) / (2 * h));
  }
  return gradient;
}

}  // namespace ff::test
