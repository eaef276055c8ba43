// The optimizers in closed form: the constants of a step, and the update of one entry. Free of
// LibTorch; compiles with nvcc.
//
// With g the gradient and wd the weight decay:
//   coupled decay:    g <- g + wd * w
//   decoupled decay:  w <- w - lr * wd * w
//   Adam (Kingma & Ba 2015, Algorithm 1):
//     m <- beta1 * m + (1 - beta1) * g            v <- beta2 * v + (1 - beta2) * g^2
//     m_hat = m / (1 - beta1^t)                   v_hat = v / (1 - beta2^t)
//     w <- w - lr * m_hat / (sqrt(v_hat) + eps)
//   SGD with momentum (as torch.optim.SGD):
//     v <- momentum * v + g                       w <- w - lr * v
#pragma once

#include <cmath>
#include <cstdint>

#include "ff/math/host_device_code.h"

#ifndef FF_ISA
#define FF_ISA portable
#endif

namespace ff::fused {

/// Hyperparameters of a parameter's optimizer: Adam, or SGD with momentum.
struct UpdateRule {
  bool adam = true;
  bool decoupled_decay = false;
  double rate = 0;  // current learning rate, scale included
  double beta1 = 0, beta2 = 0, epsilon = 0;
  double momentum = 0;
  double decay = 0;
};

/// Constants of one step of Adam or of SGD with momentum.
template <class T>
struct Update {
  bool adam = true;
  T rate = 0;          // Adam: lr / (1 - beta1^t); SGD: lr
  T first_decay = 0;   // SGD: momentum
  T first_gain = 1;    // Adam: 1 - beta1
  T second_decay = 0;  // Adam: beta2
  T second_gain = 0;   // Adam: 1 - beta2, rounded once
  T root_scale = 1;    // Adam: 1 / sqrt(1 - beta2^t)
  T epsilon = 0;
  T weight_decay = 0;
  T keep = 1;  // decoupled weight decay: 1 - lr * wd
};

/// Returns the constants of a parameter's step number `step`, counted from 1.
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
    // PyTorch copies the first gradient into the momentum buffer; starting from zeros is equal.
    update.rate = static_cast<T>(rule.rate);
    update.first_decay = static_cast<T>(rule.momentum);
  }
  return update;
}

namespace FF_ISA {

/// Updates one entry and its optimizer state (`first`: Adam's m or SGD's v, `second`: Adam's v).
/// Returns the new value.
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
