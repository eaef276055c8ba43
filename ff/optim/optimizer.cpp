#include "ff/optim/optimizer.h"

#include <algorithm>

#include <ATen/Functions.h>

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

double lr_scale(const OptimizerOptions& options, std::int64_t epoch, std::int64_t epochs) {
  if (!options.cooldown) return 1;
  const auto constant = static_cast<std::int64_t>(*options.cooldown * static_cast<double>(epochs));
  return std::min(1.0,
                  static_cast<double>(epochs - epoch) / static_cast<double>(epochs - constant));
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
