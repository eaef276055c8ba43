#include "ff/engines/gpu/parameter.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include "ff/engines/cpu/learned_tensor.h"

namespace ff::gpu {
namespace {

at::Tensor find_state(const TensorDict& state, const std::string& name) {
  const auto found = state.find(name);
  return found == state.end() ? at::Tensor() : found->second;
}

// Stacks tensors of equal shape into one (count, ...) and makes them views of it, so that other
// references remain valid; a single tensor is not moved.
at::Tensor stack_in_place(const std::vector<at::Tensor>& tensors) {
  if (!tensors.front().defined()) return {};
  for (const auto& tensor : tensors) {
    TORCH_CHECK(tensor.is_contiguous() && tensor.sizes() == tensors.front().sizes(),
                "gpu: networks that train together have parameters of ",
                tensor.sizes(),
                " and of ",
                tensors.front().sizes());
  }
  if (tensors.size() == 1) return tensors.front().detach().unsqueeze(0);
  std::vector<at::Tensor> values;
  for (const auto& tensor : tensors) values.push_back(tensor.detach());
  const auto whole = at::stack(values);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    auto same = tensors[i];
    same.set_data(whole[static_cast<std::int64_t>(i)]);
  }
  return whole;
}

}  // namespace

template <class T>
StackedParameter<T>::StackedParameter(const std::string& name, std::vector<ParameterOf> networks)
    : name_(name), networks_(std::move(networks)) {
  at::NoGradGuard no_grad;
  const auto stacked = [&](const auto& part) {
    std::vector<at::Tensor> tensors;
    for (const auto& network : networks_) tensors.push_back(part(network));
    return stack_in_place(tensors);
  };
  const auto state = [&](const std::string& what) {
    return stacked([&](const ParameterOf& of) { return find_state(of.state, name_ + what); });
  };
  values_ = stacked([](const ParameterOf& of) { return of.tensor; });
  const auto& front = networks_.front();
  if (front.optimizer.type == "adam") {
    first_ = state(".exp_avg");
    second_ = state(".exp_avg_sq");
    learns_ = first_.defined();
  } else {
    first_ = state(".momentum_buffer");
    learns_ = front.tensor.requires_grad();
  }
}

template <class T>
Learned<T> StackedParameter<T>::learned() const {
  const auto pointer = [](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.mutable_data_ptr<T>() : nullptr;
  };
  return {pointer(values_), pointer(first_), pointer(second_), learns_};
}

template <class T>
std::vector<UpdateRule> StackedParameter<T>::rules() const {
  std::vector<UpdateRule> rules;
  for (const auto& network : networks_) {
    rules.push_back(fused::rule_of(network.optimizer, name_));
    const auto factor = find_state(network.state, "rate_factor");
    if (factor.defined()) rules.back().rate *= *factor.const_data_ptr<double>();
  }
  return rules;
}

template <class T>
std::vector<std::int64_t> StackedParameter<T>::steps() const {
  std::vector<std::int64_t> steps;
  for (const auto& network : networks_) {
    const auto step = find_state(network.state, name_ + ".step");
    steps.push_back(step.defined() ? *step.const_data_ptr<std::int64_t>() : 0);
  }
  return steps;
}

template <class T>
void StackedParameter<T>::add_steps(std::int64_t steps) {
  if (steps == 0 || !learns_) return;
  for (const auto& network : networks_) {
    const auto step = find_state(network.state, name_ + ".step");
    if (step.defined()) *step.mutable_data_ptr<std::int64_t>() += steps;
    const auto started = find_state(network.state, name_ + ".started");
    if (started.defined()) *started.mutable_data_ptr<bool>() = true;
  }
}

template class StackedParameter<float>;
template class StackedParameter<double>;

}  // namespace ff::gpu
