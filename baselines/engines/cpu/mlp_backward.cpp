// Training half of MlpEngine: backward passes and updates.
#include "baselines/engines/cpu/mlp_backward.h"

#include <algorithm>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include "baselines/engines/cpu/mlp_engine.h"
#include "ff/core/profile.h"

namespace ff::fused {
namespace {}  // namespace

template <class T>
void MlpEngine<T>::prepare_backward(const OptimizerOptions& optimizer,
                                    const TensorDict& state,
                                    std::int64_t max_rows) {
  const auto type = c10::CppTypeToScalarType<T>::value;
  const auto depth = layers_.size();
  std::int64_t largest = 0;  // size of the largest weight in the backward pass
  for (std::size_t l = 1; l < depth; ++l) {
    largest = std::max(largest, layers_[l].in * layers_[l].out);
  }
  const auto signs = at::empty({backward_.weight_signs ? largest : 0}, type);
  for (std::size_t l = 0; l < depth; ++l) {
    auto& layer = layers_[l];
    if (l < backward_.feedback.size()) layer.feedback = backward_.feedback[l];
    if (layer.feedback.defined()) {
      TORCH_CHECK(layer.feedback.scalar_type() == type && layer.feedback.is_contiguous(),
                  "fused: feedback of layer ",
                  l,
                  " has another dtype, or is not contiguous");
    }
    if (backward_.weight_signs && l > 0) {
      layer.signs = signs.narrow(0, 0, layer.in * layer.out).view({layer.out, layer.in});
    }
    if (!backward_.input_signs.empty() && !(l == 0 && background_)) {
      layer.in_signs = RowBuffer<T>(max_rows, layer.in);
    }
  }
  for (const auto& [name, tensor] : backward_.learned) {
    for (auto& layer : layers_) {
      if (layer.feedback.is_same(tensor)) layer.learned.emplace(tensor, name, state, optimizer);
    }
  }
  if (backward_.path == MlpBackward::Path::kLayerwise) return;
  // The output error must survive the gradients of the hidden layers: give it a separate buffer.
  layers_.back().dz = RowBuffer<T>(max_rows, layers_.back().out);
  if (backward_.signal != MlpBackward::Signal::kError) {
    signal_ = RowBuffer<T>(max_rows, layers_.back().out);
  }
}

template <class T>
double MlpEngine<T>::train(std::int64_t count, const std::int64_t* labels) {
  at::NoGradGuard no_grad;
  forward_hidden(count);
  const auto loss = error_at_output(count, labels);
  switch (backward_.path) {
    case MlpBackward::Path::kLayerwise:
      train_layerwise(count);
      break;
    case MlpBackward::Path::kDirect:
      train_direct(count, signal(count, labels));
      break;
    case MlpBackward::Path::kIndirect:
      train_indirect(count, signal(count, labels));
      break;
  }
  return loss;
}

// Replaces the logits by the gradient of the mean cross-entropy, (softmax - onehot) / count, and
// returns the mean cross-entropy.
template <class T>
double MlpEngine<T>::error_at_output(std::int64_t count, const std::int64_t* labels) {
  auto& top = layers_.back();
  top.bias_grad.zero();
  double sum = 0;
  for (std::int64_t r = 0; r < count; ++r) {
    sum += kernels_.cross_entropy(top.dz.row(r),
                                  top.bias->parameter().value,
                                  labels[r],
                                  T(1) / static_cast<T>(count),
                                  top.bias_grad.of(0),
                                  top.out);
  }
  return sum / static_cast<double>(count);
}

// Returns the signal of the direct and indirect paths, (count, classes): e, sign(e) / count or
// onehot / count.
template <class T>
const at::Tensor& MlpEngine<T>::signal(std::int64_t count, const std::int64_t* labels) {
  auto& top = layers_.back();
  if (backward_.signal == MlpBackward::Signal::kError) return top.dz.first(count).rows;
  const T share = T(1) / static_cast<T>(count);
  for (std::int64_t r = 0; r < count; ++r) {
    auto* row = signal_.row(r);
    if (backward_.signal == MlpBackward::Signal::kErrorSign) {
      kernels_.signs(top.dz.row(r), nullptr, T(0), share, row, top.out);
    } else {
      std::fill(row, row + top.out, T(0));
      row[labels[r]] = share;
    }
  }
  return signal_.first(count).rows;
}

// The error passes through a weight before that weight is updated.
template <class T>
void MlpEngine<T>::train_layerwise(std::int64_t count) {
  for (std::size_t l = layers_.size(); l-- > 0;) {
    if (l > 0) {
      const ProfileScope timed("products backward");
      auto below = layers_[l - 1].dz.first(count).rows;
      at::mm_out(below, layers_[l].dz.first(count).rows, backward_weight(l));
    }
    update(l, count);
    if (l > 0) through_activation(l - 1, count);
  }
}

template <class T>
void MlpEngine<T>::train_direct(std::int64_t count, const at::Tensor& signal) {
  update(layers_.size() - 1, count);
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
    auto dz = layers_[l].dz.first(count).rows;
    at::mm_out(dz, signal, layers_[l].feedback);
    through_activation(l, count);
    update(l, count);
  }
}

template <class T>
void MlpEngine<T>::train_indirect(std::int64_t count, const at::Tensor& signal) {
  const auto hidden = layers_.size() - 1;
  update(hidden, count);
  for (std::size_t l = 0; l < hidden; ++l) {
    auto dz = layers_[l].dz.first(count).rows;
    if (l == 0) at::mm_out(dz, signal, layers_[0].feedback);
    through_activation(l, count);
    if (l + 1 < hidden) {
      std::get<DenseProduct<T>>(layers_[l + 1].product)
          .forward(dz, layers_[l + 1].dz.first(count).rows);
    }
    update(l, count);
  }
}

// Returns the matrix through which the error of layer `l` reaches layer l - 1, (out, in).
template <class T>
const at::Tensor& MlpEngine<T>::backward_weight(std::size_t l) {
  auto& layer = layers_[l];
  const auto& weight = std::get<DenseProduct<T>>(layer.product).weight();
  if (!backward_.weight_signs) return layer.feedback.defined() ? layer.feedback : weight;
  const ProfileScope timed("signs of weights");
  const auto* factors = layer.feedback.template const_data_ptr<T>();
  const bool scalar = layer.feedback.dim() == 0;
  const auto* from = weight.template const_data_ptr<T>();
  auto* to = layer.signs.template mutable_data_ptr<T>();
  at::parallel_for(0, weight.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    kernels_.signs(from + begin,
                   scalar ? nullptr : factors + begin,
                   T(0),
                   scalar ? *factors : T(1),
                   to + begin,
                   end - begin);
  });
  return layer.signs;
}

// Returns the input of dense layer `l` in its weight's gradient: the activations, or their signs.
template <class T>
const at::Tensor& MlpEngine<T>::weight_input(std::size_t l, std::int64_t count) {
  if (backward_.input_signs.empty()) return input(l).first(count).rows;
  auto& layer = layers_[l];
  const auto scale = static_cast<T>(backward_.input_signs[l]);
  at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    kernels_.signs(input(l).row(begin),
                   nullptr,
                   T(0),
                   scale,
                   layer.in_signs.row(begin),
                   (end - begin) * layer.in);
  });
  return layer.in_signs.first(count).rows;
}

// The same for the sparse first layer, in place: pixels are not read again after the update. Pixels
// are stored minus the background, so their signs are stored minus the background's sign.
template <class T>
void MlpEngine<T>::extract_pixel_signs(BackgroundProduct<T>& product, std::int64_t count) {
  const auto background = static_cast<T>(*background_);
  const auto scale = static_cast<T>(backward_.input_signs[0]);
  const auto in = layers_.front().in;
  at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    auto* rows = pixels_.row(begin);
    kernels_.signs(rows, nullptr, background, scale, rows, (end - begin) * in);
  });
  product.set_background(background > 0 ? scale : background < 0 ? -scale : T(0));
}

template <class T>
void MlpEngine<T>::update(std::size_t l, std::int64_t count) {
  auto& layer = layers_[l];
  const T* bias_grad = layer.bias_grad.total();
  if (auto* on_background = std::get_if<BackgroundProduct<T>>(&layer.product)) {
    if (!backward_.input_signs.empty()) extract_pixel_signs(*on_background, count);
    // Rows have scale 1, so the bias gradient is the sum that update() needs.
    on_background->update(layer.dz.row(0), bias_grad);
  } else {
    auto& dense = std::get<DenseProduct<T>>(layer.product);
    dense.update(layer.dz.first(count).transposed, weight_input(l, count));
    if (layer.learned) dense.update_with_last_gradient(*layer.learned);
  }
  const auto step = layer.bias->begin_step();
  kernels_.update(step, layer.bias->parameter(), bias_grad, layer.out);
}

// Turns the gradient at the output of layer `l` into the gradient before its activation, in place,
// and sums the bias gradient.
template <class T>
void MlpEngine<T>::through_activation(std::size_t l, std::int64_t count) {
  auto& layer = layers_[l];
  auto& above = layers_[l + 1];
  layer.bias_grad.zero();
  const ProfileScope timed("gradient of activation");
  at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    auto* bias_grad = layer.bias_grad.of(at::get_thread_num());
    for (auto r = begin; r < end; ++r) {
      activation_->backward(layer.dz.row(r),
                            activation_->needs_input ? layer.z.row(r) : nullptr,
                            above.input.row(r),
                            bias_grad,
                            layer.out);
    }
  });
}

template void MlpEngine<float>::prepare_backward(const OptimizerOptions&,
                                                 const TensorDict&,
                                                 std::int64_t);
template void MlpEngine<double>::prepare_backward(const OptimizerOptions&,
                                                  const TensorDict&,
                                                  std::int64_t);
template double MlpEngine<float>::train(std::int64_t, const std::int64_t*);
template double MlpEngine<double>::train(std::int64_t, const std::int64_t*);

}  // namespace ff::fused
