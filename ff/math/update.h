// The optimizers in closed form: a step's constants, and the step of one entry. No LibTorch, as
// CUDA's compiler reads it too.
#pragma once

#include <cmath>
#include <cstdint>

#include "ff/math/host_device_code.h"

#ifndef FF_ISA
#define FF_ISA portable
#endif

namespace ff::fused {

/// What a parameter's optimizer is: Adam, or SGD with momentum.
struct UpdateRule {
  bool adam = true;
  bool decoupled_decay = false;
  double rate = 0;  // the learning rate of now
  double beta1 = 0, beta2 = 0, epsilon = 0;
  double momentum = 0;
  double decay = 0;
};

/// One step's constants of Adam or SGD with momentum.
template <class T>
struct Update {
  bool adam = true;
  T rate = 0;          // Adam: learning rate over the first bias correction
  T first_decay = 0;   // SGD: momentum
  T first_gain = 1;    // Adam: 1 - beta1
  T second_decay = 0;  // Adam: beta2
  T second_gain = 0;   // Adam: 1 - beta2, rounded once
  T root_scale = 1;    // Adam: 1 / sqrt of the second bias correction
  T epsilon = 0;
  T weight_decay = 0;
  T keep = 1;  // share of the value that decoupled weight decay leaves
};

/// The constants of a parameter's step number `step`, counted from 1.
template <class T>
FF_HD Update<T> update_of(const UpdateRule& rule, std::int64_t step) {
  Update<T> update;
  update.adam = rule.adam;
  if (rule.decoupled_decay) {
    update.keep = static_cast<T>(1 - rule.rate * rule.decay);
  } else {
    update.weight_decay = static_cast<T>(rule.decay);
  }
  if (rule.adam) {
    const auto t = static_cast<double>(step);
    update.rate = static_cast<T>(rule.rate / (1 - std::pow(rule.beta1, t)));
    update.first_gain = static_cast<T>(1 - rule.beta1);
    update.second_decay = static_cast<T>(rule.beta2);
    update.second_gain = static_cast<T>(1 - rule.beta2);
    update.root_scale = static_cast<T>(1 / std::sqrt(1 - std::pow(rule.beta2, t)));
    update.epsilon = static_cast<T>(rule.epsilon);
  } else {
    // PyTorch copies the first gradient into the momentum, which is what decaying zeros gives.
    update.rate = static_cast<T>(rule.rate);
    update.first_decay = static_cast<T>(rule.momentum);
  }
  return update;
}

namespace FF_ISA {

/// One entry's step; returns its new value.
template <bool kAdam, class T>
FF_HD inline T step(const Update<T>& u, T& value, T grad, T& first, T& second) {
  grad += u.weight_decay * value;
  value *= u.keep;
  if constexpr (kAdam) {
    first += (grad - first) * u.first_gain;
    second = second * u.second_decay + grad * grad * u.second_gain;
    value -= u.rate * first / (std::sqrt(second) * u.root_scale + u.epsilon);
  } else {
    first = first * u.first_decay + grad;
    value -= u.rate * first;
  }
  return value;
}

}  // namespace FF_ISA
}  // namespace ff::fused
