#include "baselines/engines/cpu/mlp_engine.h"

#include <algorithm>
#include <cstring>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include "ff/core/profile.h"
#include "ff/engines/cpu/memory_layout.h"

namespace ff::fused {

template <class T>
MlpEngine<T>::MlpEngine(const MlpParts& parts,
                        std::int64_t max_rows,
                        Background background,
                        MlpBackward backward)
    : kernels_(kernels<T>()),
      activation_(find_activation_rows<T>(parts.activation)),
      background_(background),
      backward_(std::move(backward)),
      layers_(parts.layers.size()),
      ones_(max_rows, T(1)) {
  TORCH_CHECK(activation_, "fused: no activation '", parts.activation, "'");
  // All activations are kept for the backward pass. Two buffers alternate between the layers'
  // gradients, and one buffer holds a weight's gradient.
  std::int64_t widest = 0, largest = 0;
  for (const auto& layer : parts.layers) {
    widest = std::max(widest, layer.weight.tensor.size(0));
    largest = std::max(largest, layer.weight.tensor.numel());
  }
  // Transposing copies the weight temporarily: do it before the buffers are allocated, to keep the
  // peak memory low.
  const auto& first = parts.layers.front().weight;
  if (background_) transpose_memory(first.tensor, first.name, parts.state);
  const auto type = c10::CppTypeToScalarType<T>::value;
  const at::Tensor rows[2] = {at::empty({max_rows * widest}, type),
                              at::empty({max_rows * widest}, type)};
  const auto gradient = at::empty({largest}, type);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto& [weight, bias] = parts.layers[l];
    auto& layer = layers_[l];
    layer.in = weight.tensor.size(1);
    layer.out = weight.tensor.size(0);
    if (l == 0 && background_) {
      layer.product.template emplace<BackgroundProduct<T>>(
          weight.tensor, weight.name, parts.state, parts.optimizer, max_rows);
    } else {
      layer.product.template emplace<DenseProduct<T>>(
          weight.tensor, weight.name, parts.state, parts.optimizer, gradient);
    }
    layer.bias.emplace(bias.tensor, bias.name, parts.state, parts.optimizer);
    layer.dz = RowBuffer<T>(rows[l % 2], max_rows, layer.out);
    if (activation_->needs_input) layer.z = RowBuffer<T>(max_rows, layer.out);
    if (l > 0) layer.input = RowBuffer<T>(max_rows, layer.in);
    layer.bias_grad = ThreadSums<T>(at::get_num_threads(), layer.out);
  }
  pixels_ = RowBuffer<T>(max_rows, layers_.front().in);
  prepare_backward(parts.optimizer, parts.state, max_rows);
}

// Returns the buffer of a layer's products: the logits, or the input of the next layer, where the
// activation is applied in place, or z if the activation's derivative needs it.
template <class T>
RowBuffer<T>& MlpEngine<T>::output(std::size_t l) {
  if (l + 1 == layers_.size()) return layers_[l].dz;
  return activation_->needs_input ? layers_[l].z : layers_[l + 1].input;
}

template <class T>
void MlpEngine<T>::products(std::size_t l, std::int64_t count) {
  auto& layer = layers_[l];
  if (auto* on_background = std::get_if<BackgroundProduct<T>>(&layer.product)) {
    const auto background = static_cast<T>(*background_);
    at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
      for (auto r = begin; r < end; ++r) {
        kernels_.squares_then_subtract(pixels_.row(r), background, layer.in);
      }
    });
    on_background->read(pixels_.row(0), ones_.data(), count, static_cast<T>(*background_));
    on_background->forward(output(l).row(0));
  } else {
    std::get<DenseProduct<T>>(layer.product)
        .forward(input(l).first(count).rows, output(l).first(count).rows);
  }
}

// Computes the products of all layers and the activations of all but the last.
template <class T>
void MlpEngine<T>::forward_hidden(std::int64_t count) {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    products(l, count);
    if (l + 1 == layers_.size()) return;
    auto& layer = layers_[l];
    auto& next = layers_[l + 1].input;
    const auto* bias = layer.bias->parameter().value;
    const ProfileScope timed("activation");
    at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
      for (auto r = begin; r < end; ++r) {
        if (activation_->needs_input) {
          activation_->forward(layer.z.row(r), bias, next.row(r), layer.out);
        } else {
          activation_->forward_in_place(next.row(r), bias, layer.out);
        }
      }
    });
  }
}

template <class T>
at::Tensor MlpEngine<T>::logits(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  const auto source = rows.contiguous();
  const auto* from = source.template const_data_ptr<T>();
  auto& top = layers_.back();
  auto result = at::empty({rows.size(0), top.out}, rows.options());
  auto* to = result.template mutable_data_ptr<T>();
  const auto* bias = top.bias->parameter().value;
  for (std::int64_t begin = 0; begin < rows.size(0); begin += pixels_.rows()) {
    const auto count = std::min(pixels_.rows(), rows.size(0) - begin);
    const auto in = layers_.front().in;
    std::memcpy(pixels_.row(0), from + begin * in, count * in * sizeof(T));
    forward_hidden(count);
    for (std::int64_t r = 0; r < count; ++r) {
      for (std::int64_t j = 0; j < top.out; ++j) {
        to[(begin + r) * top.out + j] = top.dz.row(r)[j] + bias[j];
      }
    }
  }
  return result;
}

template class MlpEngine<float>;
template class MlpEngine<double>;

}  // namespace ff::fused
