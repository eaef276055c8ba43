#include "baselines/measures.h"

#include <cmath>
#include <limits>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

namespace ff::baselines {
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

void MeasureSums::Mean::add(double value) {
  if (std::isnan(value)) return;
  sum += value;
  ++count;
}

double MeasureSums::Mean::value() const {
  return count == 0 ? kNone : sum / static_cast<double>(count);
}

MeasureSums::MeasureSums(const Network& network)
    : network_(network),
      angle_(network->depth()),
      norm_ratio_(network->depth()),
      sign_agreement_(network->depth()),
      alive_(network->depth() - 1) {}

void MeasureSums::add(const TensorDict& rule, const at::Tensor& rows, const at::Tensor& labels) {
  const auto truth = backpropagate(*network_, rows, labels, Pass::kProbe).by_name;
  for (std::size_t l = 0; l < network_->depth(); ++l) {
    const auto name = "layers." + std::to_string(l) + ".weight";
    const auto found = rule.find(name);
    if (found == rule.end()) continue;  // a layer that the rule does not train
    const auto& bp = truth.at(name);
    angle_[l].add(angle_between(found->second, bp));
    norm_ratio_[l].add(norm_ratio(found->second, bp));
    sign_agreement_[l].add(sign_agreement(found->second, bp));
  }
  look_at_units(rows);
}

void MeasureSums::look_at_units(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  auto x = network_->input(rows);
  for (std::size_t l = 0; l + 1 < network_->depth(); ++l) {
    x = network_->after(l, network_->layers[l]->forward(x), Pass::kProbe);
    const auto active = x.dim() == 4 ? (x != 0).flatten(2).any(2).any(0) : (x != 0).any(0);
    alive_[l] = alive_[l].defined() ? alive_[l] | active : active;
  }
}

Measures MeasureSums::result() const {
  const auto values = [](const std::vector<Mean>& means) {
    std::vector<double> list;
    for (const auto& mean : means) list.push_back(mean.value());
    return list;
  };
  Measures measures = {{"angle", values(angle_)},
                       {"norm_ratio", values(norm_ratio_)},
                       {"sign_agreement", values(sign_agreement_)}};
  for (const auto& alive : alive_) {
    const bool looked = alive.defined();
    measures["dead_units"].push_back(looked ? 1 - alive.to(at::kDouble).mean().item<double>()
                                            : kNone);
  }
  return measures;
}

}  // namespace ff::baselines
