#include "ff/engines/cpu/learned_tensor.h"

#include <c10/util/Exception.h>

namespace ff::fused {

std::string missing_update(const OptimizerOptions& options) {
  if (options.type != "adam" && options.type != "sgd") return "optimizer.type " + options.type;
  return options.batch_manhattan ? "optimizer.batch_manhattan" : "";
}

UpdateRule rule_of(const OptimizerOptions& options, const std::string& name) {
  return {.adam = options.type == "adam",
          .decoupled_decay = options.decoupled_decay,
          .rate = options.learning_rate,
          .beta1 = options.beta1,
          .beta2 = options.beta2,
          .epsilon = options.epsilon,
          .momentum = options.momentum,
          .decay = decay_of(options, name)};
}

namespace {

at::Tensor find_state(const TensorDict& state, const std::string& name) {
  const auto found = state.find(name);
  return found == state.end() ? at::Tensor() : found->second;
}

}  // namespace

template <class T>
LearnedTensor<T>::LearnedTensor(const at::Tensor& tensor,
                                const std::string& name,
                                const TensorDict& state,
                                const OptimizerOptions& options)
    : rule_(rule_of(options, name)), tensor_(tensor.detach()) {
  TORCH_CHECK(missing_update(options).empty(), "fused: no ", missing_update(options));
  const auto find = [&](const std::string& part) { return find_state(state, name + part); };
  const auto pointer = [&](const at::Tensor& part) {
    if (!part.defined()) return static_cast<T*>(nullptr);
    TORCH_CHECK(part.strides() == tensor_.strides() && part.is_non_overlapping_and_dense(),
                "fused: the optimizer's state of ",
                name,
                " is laid out unlike the parameter");
    return part.mutable_data_ptr<T>();
  };
  lr_scale_ = find_state(state, "rate_factor");
  if (options.type == "adam") {
    first_ = find(".exp_avg");
    second_ = find(".exp_avg_sq");
    step_ = find(".step");
    learns_ = first_.defined();
  } else {
    first_ = find(".momentum_buffer");
    step_ = find(".started");
    learns_ = tensor.requires_grad();
  }
  parameter_ = {pointer(tensor_), pointer(first_), pointer(second_)};
}

template <class T>
Update<T> LearnedTensor<T>::begin_step() {
  std::int64_t step = 0;
  if (rule_.adam) step = ++*step_.mutable_data_ptr<std::int64_t>();
  if (!rule_.adam && step_.defined()) *step_.mutable_data_ptr<bool>() = true;
  auto rule = rule_;
  if (lr_scale_.defined()) rule.rate *= *lr_scale_.const_data_ptr<double>();
  return update_of<T>(rule, step);
}

template class LearnedTensor<float>;
template class LearnedTensor<double>;

}  // namespace ff::fused
