#include "ff/fused/update.h"

#include <cmath>

#include <c10/util/Exception.h>

namespace ff::fused {

std::string missing_update(const OptimizerOptions& options) {
  if (options.type != "adam" && options.type != "sgd") return "optimizer.type " + options.type;
  return options.batch_manhattan ? "optimizer.batch_manhattan" : "";
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
    : options_(options), tensor_(tensor.detach()), decay_(decay_of(options, name)) {
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
  rate_factor_ = find_state(state, "rate_factor");
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
  Update<T> update;
  const auto factor = rate_factor_.defined() ? *rate_factor_.const_data_ptr<double>() : 1.0;
  const auto rate = options_.learning_rate * factor;
  if (options_.decoupled_decay) {
    update.keep = static_cast<T>(1 - rate * decay_);
  } else {
    update.weight_decay = static_cast<T>(decay_);
  }
  if (options_.type == "adam") {
    const auto t = static_cast<double>(++*step_.mutable_data_ptr<std::int64_t>());
    update.rate = static_cast<T>(rate / (1 - std::pow(options_.beta1, t)));
    update.first_gain = static_cast<T>(1 - options_.beta1);
    update.second_decay = static_cast<T>(options_.beta2);
    update.second_gain = static_cast<T>(1 - options_.beta2);
    update.root_scale = static_cast<T>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
    update.epsilon = static_cast<T>(options_.epsilon);
  } else {
    // The first gradient is copied into the momentum, which is what decaying zeros gives.
    if (step_.defined()) *step_.mutable_data_ptr<bool>() = true;
    update.adam = false;
    update.rate = static_cast<T>(rate);
    update.first_decay = static_cast<T>(options_.momentum);
  }
  return update;
}

template class LearnedTensor<float>;
template class LearnedTensor<double>;

}  // namespace ff::fused
