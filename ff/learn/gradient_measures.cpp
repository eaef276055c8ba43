#include "ff/learn/gradient_measures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

namespace ff {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

at::Tensor flat(const at::Tensor& x) { return x.detach().to(at::kDouble).reshape({-1}); }

}  // namespace

double angle_between(const at::Tensor& a, const at::Tensor& b) {
  const auto x = flat(a), y = flat(b);
  const auto lengths = x.norm().item<double>() * y.norm().item<double>();
  if (lengths == 0) return kNone;
  const auto cosine = x.dot(y).item<double>() / lengths;
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / M_PI;
}

double norm_ratio(const at::Tensor& rule, const at::Tensor& bp) {
  const auto length = flat(bp).norm().item<double>();
  return length == 0 ? kNone : flat(rule).norm().item<double>() / length;
}

double sign_agreement(const at::Tensor& rule, const at::Tensor& bp) {
  const auto counts = bp.detach() != 0;
  const auto count = counts.sum().item<double>();
  const auto same = ((rule.detach().sign() == bp.detach().sign()) & counts).sum().item<double>();
  return count == 0 ? kNone : same / count;
}

void GradientMeasures::Mean::add(double value) {
  if (std::isnan(value)) return;
  sum += value;
  ++count;
}

double GradientMeasures::Mean::value() const {
  return count == 0 ? kNone : sum / static_cast<double>(count);
}

void GradientMeasures::add_gradient(std::size_t layer,
                                    const at::Tensor& rule,
                                    const at::Tensor& bp) {
  angle_[layer].add(angle_between(rule, bp));
  norm_ratio_[layer].add(norm_ratio(rule, bp));
  sign_agreement_[layer].add(sign_agreement(rule, bp));
}

void GradientMeasures::add_activations(std::size_t layer, const at::Tensor& activations) {
  at::NoGradGuard no_grad;
  const auto active = activations.dim() == 4 ? (activations != 0).flatten(2).any(2).any(0)
                                             : (activations != 0).any(0);
  auto& alive = ever_active_[layer];
  alive = alive.defined() ? alive | active : active;
}

Measures GradientMeasures::result() const {
  const auto values = [](const std::vector<Mean>& means) {
    std::vector<double> list;
    for (const auto& mean : means) list.push_back(mean.value());
    return list;
  };
  Measures measures = {{"angle", values(angle_)},
                       {"norm_ratio", values(norm_ratio_)},
                       {"sign_agreement", values(sign_agreement_)}};
  for (const auto& alive : ever_active_) {
    const bool looked = alive.defined();
    measures["dead_units"].push_back(looked ? 1 - alive.to(at::kDouble).mean().item<double>()
                                            : kNone);
  }
  return measures;
}

}  // namespace ff
