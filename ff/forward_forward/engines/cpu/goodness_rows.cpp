// Per-sample work of the fused engine: from a layer's preactivations to its loss, the gradient
// dL/dz, and the next layer's input.
#include <algorithm>
#include <cstring>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include "ff/core/profile.h"
#include "ff/forward_forward/engines/cpu/goodness_engine.h"
#include "ff/nn/dropout.h"

namespace ff::fused {
namespace {

constexpr std::int64_t kRowGrain = 8;

template <class Function>
void for_rows(std::int64_t count, const Function& of_row) {
  at::parallel_for(0, count, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
    for (auto r = begin; r < end; ++r) of_row(r);
  });
}

}  // namespace

template <class T>
double FFEngine<T>::norm_factor(double squares, const Layer& layer) const {
  return normalize_.factor(squares, static_cast<double>(layer.out), epsilon_);
}

// Returns the scale of the activations passed to the next layer.
template <class T>
double FFEngine<T>::output_factor(double squares, const Layer& layer) const {
  return raw_output_ && &layer == &layers_.back() ? 1 : norm_factor(squares, layer);
}

// Computes a sample's activations and their sum of squares; applies dropout.
template <class T>
void FFEngine<T>::activate(Layer& layer, std::int64_t row, T* a, bool with_dropout) {
  squares_[row] =
      activation_->forward(layer.z.row(row), layer.bias->parameter().value, a, layer.out);
  if (!with_dropout) return;
  const auto scale = static_cast<T>(dropout_scale(dropout_));
  squares_[row] = kernels_.drop(a, layer.kept_mask.row(row), scale, layer.out);
}

// Computes a sample's loss (for a loss of pairs, in the positive's row) and dL/dg.
template <class T>
void FFEngine<T>::compute_loss(const Layer& layer, std::int64_t row, std::int64_t count) {
  const auto half = count / 2;
  const bool positive = row < half;
  const double sign = positive == (direction_ == Direction::kMaxSsq) ? -1 : 1;
  double wrong;
  if (loss_.paired) {
    const auto partner = positive ? row + half : row - half;
    wrong = sign * layer.goodness_scale * (squares_[row] - squares_[partner]);
  } else {
    const auto threshold = static_cast<double>(*layer.threshold->parameter().value);
    wrong = sign * (layer.goodness_scale * squares_[row] - threshold);
  }
  wrong /= temperature_;
  const auto losses = static_cast<double>(loss_.paired ? half : count);
  row_loss_[row] = loss_.paired && !positive ? 0 : loss_.value(wrong) / losses;
  row_grad_[row] = loss_.slope(wrong) * sign / (losses * temperature_);
}

// Backpropagates dL/dg to dL/dz and scales the activations into the next layer's input.
template <class T>
void FFEngine<T>::backpropagate(Layer& layer, std::int64_t row, T* a, const T* extra) {
  const bool scaled = std::holds_alternative<BackgroundProduct<T>>(layer.product);
  // With dropout, a = scale * phi(z) for kept units: one more factor in da/dz.
  const double scale = dropout_ > 0 ? dropout_scale(dropout_) : 1;
  const auto thread = at::get_thread_num();
  activation_->goodness_backward(layer.z.row(row),
                                 a,
                                 extra,
                                 static_cast<T>(2 * layer.goodness_scale * scale * row_grad_[row]),
                                 static_cast<T>(output_factor(squares_[row], layer)),
                                 scaled ? scale_[row] : T(1),
                                 layer.bias_grad.of(thread),
                                 scaled ? layer.scaled_sum.of(thread) : nullptr,
                                 layer.out);
}

// Updates the running mean activations and returns the gradient of the peer term at each unit's z,
// in closed form (ff/forward_forward/peer.h).
template <class T>
const T* FFEngine<T>::peer_gradient(const Layer& layer,
                                    const T* activations,
                                    std::int64_t positives) {
  const auto width = layer.out;
  auto* gradient = peer_gradient_.data();
  std::fill_n(gradient, width, T(0));
  for (std::int64_t r = 0; r < positives; ++r) {
    for (std::int64_t j = 0; j < width; ++j) gradient[j] += activations[r * width + j];
  }
  auto* mean = layer.mean_activation;
  const auto kept = static_cast<T>(peer_.momentum);
  const auto gain = static_cast<T>((1 - peer_.momentum) / static_cast<double>(positives));
  double sum = 0;
  for (std::int64_t j = 0; j < width; ++j) {
    mean[j] = kept * mean[j] + gain * gradient[j];
    sum += mean[j];
  }
  const auto middle = static_cast<T>(sum / static_cast<double>(width));
  const auto weight = static_cast<T>(peer_.weight / static_cast<double>(positives));
  for (std::int64_t j = 0; j < width; ++j) gradient[j] = weight * (mean[j] - middle);
  return gradient;
}

// One sample after the other, to use its data while in cache, except where a sample's gradient
// depends on other samples (pairs, peer normalisation).
template <class T>
double FFEngine<T>::loss_and_gradient(std::size_t l, std::int64_t count) {
  const ProfileScope timed("activation, goodness, gradient");
  auto& layer = layers_[l];
  auto* next = output(l);
  const auto half = count / 2;
  const bool drops = dropout_ > 0;
  if (drops) {  // same draws as autograd: positives first
    draw_dropout_mask(layer.kept_mask.range(0, half), dropout_);
    draw_dropout_mask(layer.kept_mask.range(half, half), dropout_);
  }
  layer.bias_grad.zero();
  layer.scaled_sum.zero();
  if (loss_.paired || peer_.on()) {
    for_rows(count, [&](std::int64_t r) { activate(layer, r, next + r * layer.out, drops); });
    const auto* extra = peer_.on() ? peer_gradient(layer, next, half) : nullptr;
    for_rows(count, [&](std::int64_t r) {
      compute_loss(layer, r, count);
      backpropagate(layer, r, next + r * layer.out, r < half ? extra : nullptr);
    });
  } else {
    for_rows(count, [&](std::int64_t r) {
      activate(layer, r, next + r * layer.out, drops);
      compute_loss(layer, r, count);
      backpropagate(layer, r, next + r * layer.out, nullptr);
    });
  }
  double sum = 0;
  for (std::int64_t r = 0; r < count; ++r) sum += row_loss_[r];
  return sum;
}

// Forward pass of a layer, without update.
template <class T>
void FFEngine<T>::forward(std::size_t l, std::int64_t count, bool with_dropout) {
  products(l, count);
  auto& layer = layers_[l];
  auto* next = output(l);
  const bool drops = with_dropout && dropout_ > 0;
  if (drops) draw_dropout_mask(layer.kept_mask.range(0, count), dropout_);
  for_rows(count, [&](std::int64_t r) {
    auto* a = next + r * layer.out;
    activate(layer, r, a, drops);
    kernels_.scale(a, static_cast<T>(output_factor(squares_[r], layer)), layer.out);
  });
}

template <class T>
void FFEngine<T>::keep_activities(const std::vector<std::int64_t>& chosen) {
  std::int64_t width = 0;
  for (const auto l : chosen) {
    layers_[l].kept_at.push_back(width);
    width += layers_[l].out;
  }
  if (width > 0) activities_ = RowBuffer<T>(pixels_.rows() / 2, width);
}

template <class T>
void FFEngine<T>::store_activities(std::size_t l, std::int64_t count) {
  const auto& layer = layers_[l];
  const auto* next = output(l);
  for (const auto at : layer.kept_at) {
    for (std::int64_t r = 0; r < count; ++r) {
      auto* to = activities_.row(r) + at;
      std::memcpy(to, next + r * layer.out, layer.out * sizeof(T));
      const auto factor = norm_factor(squares_[r], layer) / output_factor(squares_[r], layer);
      if (factor != 1) kernels_.scale(to, static_cast<T>(factor), layer.out);
    }
  }
}

// Explicit instantiations of the members that goodness_engine.cpp uses.
template double FFEngine<float>::loss_and_gradient(std::size_t, std::int64_t);
template double FFEngine<double>::loss_and_gradient(std::size_t, std::int64_t);
template void FFEngine<float>::forward(std::size_t, std::int64_t, bool);
template void FFEngine<double>::forward(std::size_t, std::int64_t, bool);
template void FFEngine<float>::store_activities(std::size_t, std::int64_t);
template void FFEngine<double>::store_activities(std::size_t, std::int64_t);
template void FFEngine<float>::keep_activities(const std::vector<std::int64_t>&);
template void FFEngine<double>::keep_activities(const std::vector<std::int64_t>&);

}  // namespace ff::fused
