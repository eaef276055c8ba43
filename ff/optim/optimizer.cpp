#include "ff/optim/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "ff/core/find_choice.h"
#include "ff/optim/adam.h"
#include "ff/optim/sgd.h"

namespace ff {
namespace {

struct OptimizerKind {
  const char* name;
  std::unique_ptr<Optimizer> (*make)(const OptimizerOptions&, std::vector<NamedParameter>);
};

template <class Kind>
std::unique_ptr<Optimizer> make(const OptimizerOptions& options,
                                std::vector<NamedParameter> parameters) {
  return std::make_unique<Kind>(options, std::move(parameters));
}

const std::vector<OptimizerKind>& optimizer_kinds() {
  static const std::vector<OptimizerKind> all = {{"adam", make<Adam>}, {"sgd", make<Sgd>}};
  return all;
}

}  // namespace

double decay_of(const OptimizerOptions& options, const std::string& name) {
  return options.decay_biases || name.ends_with("weight") ? options.weight_decay : 0;
}

double lr_scale(const OptimizerOptions& options, double epoch, std::int64_t epochs) {
  const auto length = static_cast<double>(epochs);
  const auto wave = [](double x) { return (1 - std::cos(std::numbers::pi * x)) / 2; };
  const double progress = epoch / length;
  if (options.schedule == "cosine") return wave(1 - progress);
  if (options.schedule == "one-cycle") {
    constexpr double kRise = 0.3, kStart = 1.0 / 25;
    return progress < kRise ? kStart + (1 - kStart) * wave(progress / kRise)
                            : wave((1 - progress) / (1 - kRise));
  }
  if (!options.cooldown) return 1;
  const auto constant = std::floor(*options.cooldown * length);
  return std::min(1.0, (length - epoch) / (length - constant));
}

Optimizer::Optimizer(const OptimizerOptions& options, std::vector<NamedParameter> parameters)
    : options_(options),
      parameters_(std::move(parameters)),
      lr_scale_(at::ones({1}, at::kDouble)) {}

void Optimizer::set_lr_scale(double factor) { lr_scale_.fill_(factor); }

double Optimizer::learning_rate() const {
  return options_.learning_rate * *lr_scale_.const_data_ptr<double>();
}

TensorDict Optimizer::state() const { return {{"rate_factor", lr_scale_}}; }

void Optimizer::zero_grad() {
  for (auto& parameter : parameters_) parameter.tensor.mutable_grad() = at::Tensor();
}

void Optimizer::clip_gradients() {
  if (!options_.clip_norm) return;
  at::NoGradGuard no_grad;
  std::vector<at::Tensor> norms;
  for (const auto& parameter : parameters_) {
    if (parameter.tensor.grad().defined()) norms.push_back(parameter.tensor.grad().norm());
  }
  if (norms.empty()) return;
  const auto factor = (*options_.clip_norm / (at::stack(norms).norm() + 1e-6)).clamp_max(1);
  for (auto& parameter : parameters_) {
    auto& gradient = parameter.tensor.mutable_grad();
    if (gradient.defined()) gradient = gradient * factor;
  }
}

void Optimizer::set_gradients(const TensorDict& gradients) {
  for (auto& parameter : parameters_) {
    const auto found = gradients.find(parameter.name);
    parameter.tensor.mutable_grad() = found == gradients.end() ? at::Tensor() : found->second;
  }
}

std::vector<std::string> OptimizerOptions::names() { return names_of(optimizer_kinds()); }

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::vector<NamedParameter> parameters) {
  return find_choice(optimizer_kinds(), options.type, "optimizer")
      .make(options, std::move(parameters));
}

}  // namespace ff
