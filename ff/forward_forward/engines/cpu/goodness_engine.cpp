#include "ff/forward_forward/engines/cpu/goodness_engine.h"

#include <algorithm>
#include <cstring>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "ff/core/profile.h"
#include "ff/engines/cpu/memory_layout.h"

namespace ff::fused {

std::string reason_against(const ModelOptions& model,
                           const LossOptions& loss,
                           const OptimizerOptions& optimizer) {
  if (!find_loss(loss.type).value) return "loss.type " + loss.type;
  if (!find_goodness(model.goodness).scale) return "model.goodness " + model.goodness;
  if (!find_length_normalization(model.normalize.type).factor) {
    return "model.normalize.type " + model.normalize.type;
  }
  if (model.dropout > 0 && model.activation != "relu") {  // phi' is computed from the dropped-out a
    return "model.dropout with model.activation " + model.activation;
  }
  if (const auto missing = missing_update(optimizer); !missing.empty()) return missing;
  return {};
}

std::string reason_against(const std::vector<LayerOptions>& block, const ModelOptions& model) {
  if (!is_linear_block(block)) {
    for (const auto& layer : block) {
      if (layer.type != "linear" && !layer.activation())
        return "model.layers of type " + layer.type;
    }
    return "model.layers with several non-linearities after one layer";
  }
  const auto& activation = block[1].type;
  if (activation != model.activation) {
    return "model.layers of type " + activation + " together with model.activation " +
           model.activation;
  }
  return find_activation_rows<float>(activation) ? "" : "model.activation " + activation;
}

template <class T>
FFEngine<T>::FFEngine(std::vector<FFLayer> modules,
                      const ModelOptions& model,
                      const LossOptions& loss,
                      const OptimizerOptions& optimizer,
                      std::int64_t max_rows,
                      Background background,
                      const std::string& precision,
                      bool sparse)
    : modules_(std::move(modules)),
      kernels_(kernels<T>()),
      activation_(find_activation_rows<T>(model.activation)),
      loss_(find_loss(loss.type)),
      normalize_(find_length_normalization(model.normalize.type)),
      normalize_input_(model.normalize.input),
      epsilon_(model.normalize.epsilon),
      direction_(find_direction(loss.direction)),
      background_(background),
      temperature_(loss.temperature),
      peer_(model.peer),
      dropout_(model.dropout),
      layers_(modules_.size()),
      scale_(max_rows),
      squares_(max_rows),
      row_loss_(max_rows),
      row_grad_(max_rows),
      losses_(modules_.size()) {
  const auto reason = reason_against(model, loss, optimizer);
  TORCH_CHECK(reason.empty(), "fused: does not support ", reason);
  // All layers share their buffers, so that memory does not grow with depth: two layers'
  // activations and one weight's gradient are in use at a time.
  std::int64_t widest = 0, largest = 0;
  for (const auto& layer : modules_) {
    widest = std::max(widest, layer->weight.size(0));
    largest = std::max(largest, layer->weight.numel());
  }
  const auto rectified = [&](std::size_t l) {
    return l > 0 && sparse && activation_->has_exact_zeros && precision != "bf16";
  };
  const auto on_background = [&](std::size_t l) { return l == 0 && background_; };
  // Before the buffers are allocated: transposing needs a temporary copy of the weight.
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& layer = *modules_[l];
    if (rectified(l) || on_background(l)) {
      transpose_memory(layer.weight, "weight", layer.optimizer_state());
    }
  }
  const auto type = c10::CppTypeToScalarType<T>::value;
  const at::Tensor inputs[2] = {at::empty({max_rows * widest}, type),
                                at::empty({max_rows * widest}, type)};
  const auto products = at::empty({max_rows * widest}, type);
  const auto gradient = at::empty({largest}, type);
  const auto entries = RectifiedProduct<T>::make_entries();
  if (precision == "bf16") {
    const auto widest_input = std::max(widest, modules_.front()->weight.size(1));
    bf16_ = std::make_unique<Bf16Products>(max_rows * widest_input, max_rows * widest, largest);
  }
  const auto kept_mask = dropout_ > 0 ? at::empty({max_rows * widest}, at::kInt) : at::Tensor();
  if (peer_.on()) peer_gradient_.resize(widest);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& from = *modules_[l];
    auto& layer = layers_[l];
    layer.in = from.weight.size(1);
    layer.out = from.weight.size(0);
    layer.goodness_scale = find_goodness(model.goodness).scale(static_cast<double>(layer.out));
    const auto state = from.optimizer_state();
    if (rectified(l)) {
      layer.product.template emplace<RectifiedProduct<T>>(
          from.weight, "weight", state, optimizer, gradient, entries);
    } else if (on_background(l)) {
      layer.product.template emplace<BackgroundProduct<T>>(
          from.weight, "weight", state, optimizer, max_rows);
    } else {
      layer.product.template emplace<DenseProduct<T>>(
          from.weight, "weight", state, optimizer, gradient, bf16_.get());
    }
    layer.bias.emplace(from.bias, "bias", state, optimizer);
    layer.threshold.emplace(from.threshold, "threshold", state, optimizer);
    layer.z = RowBuffer<T>(products, max_rows, layer.out);
    if (l > 0) layer.input = RowBuffer<T>(inputs[l % 2], max_rows, layer.in);
    layer.bias_grad = ThreadSums<T>(at::get_num_threads(), layer.out);
    layer.scaled_sum = ThreadSums<T>(at::get_num_threads(), layer.out);
    if (dropout_ > 0) layer.kept_mask = RowBuffer<std::int32_t>(kept_mask, max_rows, layer.out);
    if (peer_.on()) layer.mean_activation = from.mean_activation.template mutable_data_ptr<T>();
  }
  pixels_ = RowBuffer<T>(max_rows, layers_.front().in);
  last_ = RowBuffer<T>(inputs[layers_.size() % 2], max_rows, layers_.back().out);
}

// Computes each sample's normalisation factor. Dense products need it applied to the input;
// BackgroundProduct takes it as an argument.
template <class T>
void FFEngine<T>::begin_first_layer(std::int64_t count) {
  const ProfileScope timed("normalise pixels");
  const auto width = layers_.front().in;
  at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    for (auto r = begin; r < end; ++r) {
      auto* row = pixels_.row(r);
      const double squares =
          background_ ? kernels_.squares_then_subtract(row, static_cast<T>(*background_), width)
                      : kernels_.sum_of_squares(row, width);
      scale_[r] = T(1);
      if (!normalize_input_) continue;
      scale_[r] = static_cast<T>(normalize_.factor(squares, static_cast<double>(width), epsilon_));
      if (!background_) kernels_.scale(row, scale_[r], width);
    }
  });
}

template <class T>
void FFEngine<T>::products(std::size_t l, std::int64_t count) {
  auto& layer = layers_[l];
  if (auto* on_background = std::get_if<BackgroundProduct<T>>(&layer.product)) {
    on_background->read(pixels_.row(0), scale_.data(), count, static_cast<T>(*background_));
    on_background->forward(layer.z.row(0));
  } else if (auto* rectified = std::get_if<RectifiedProduct<T>>(&layer.product)) {
    rectified->forward(layer.input.first(count).rows, layer.z.first(count).rows);
  } else {
    auto& input = l == 0 ? pixels_ : layer.input;
    std::get<DenseProduct<T>>(layer.product)
        .forward(input.first(count).rows, layer.z.first(count).rows);
  }
}

template <class T>
void FFEngine<T>::apply(std::size_t l, std::int64_t count) {
  auto& layer = layers_[l];
  if (auto* on_background = std::get_if<BackgroundProduct<T>>(&layer.product)) {
    on_background->update(layer.z.row(0), layer.scaled_sum.total());
  } else if (auto* rectified = std::get_if<RectifiedProduct<T>>(&layer.product)) {
    const auto& dz = layer.z.first(count);
    rectified->update(dz.rows, dz.transposed, layer.input.first(count).rows);
  } else {
    auto& input = l == 0 ? pixels_ : layer.input;
    std::get<DenseProduct<T>>(layer.product)
        .update(layer.z.first(count).transposed, input.first(count).rows);
  }
  const ProfileScope timed("optimizer of biases and threshold");
  kernels_.update(
      layer.bias->begin_step(), layer.bias->parameter(), layer.bias_grad.total(), layer.out);
  if (layer.threshold->learns() && !loss_.paired) {
    double grad = 0;
    for (std::int64_t r = 0; r < count; ++r) grad -= row_grad_[r];
    const auto value = static_cast<T>(grad);
    kernels_.update(layer.threshold->begin_step(), layer.threshold->parameter(), &value, 1);
  }
}

template <class T>
T* FFEngine<T>::output(std::size_t l) {
  return l + 1 == layers_.size() ? last_.row(0) : layers_[l + 1].input.row(0);
}

template <class T>
void FFEngine<T>::train_all(std::int64_t count) {
  at::NoGradGuard no_grad;
  losses_.resize(layers_.size());
  begin_first_layer(count);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    products(l, count);
    losses_[l] = loss_and_gradient(l, count);
    store_activities(l, count / 2);
    apply(l, count);
  }
}

template <class T>
void FFEngine<T>::train_layer(std::size_t l, std::int64_t count) {
  at::NoGradGuard no_grad;
  if (l == 0) begin_first_layer(count);
  products(l, count);
  losses_[l] = loss_and_gradient(l, count);
  store_activities(l, count / 2);
  apply(l, count);
}

template <class T>
void FFEngine<T>::input_of(std::size_t wanted, std::int64_t count, T* to) {
  at::NoGradGuard no_grad;
  begin_first_layer(count);
  for (std::size_t l = 0; l < wanted; ++l) forward(l, count, /*with_dropout=*/false);
  if (to) std::memcpy(to, layers_[wanted].input.row(0), count * layers_[wanted].in * sizeof(T));
}

template <class T>
void FFEngine<T>::input_above(std::size_t l, std::int64_t count, T* to) {
  at::NoGradGuard no_grad;
  forward(l, count, /*with_dropout=*/false);
  std::memcpy(to, output(l), count * layers_[l].out * sizeof(T));
}

template <class T>
void FFEngine<T>::forward_to_head(std::int64_t count, bool with_dropout) {
  at::NoGradGuard no_grad;
  std::size_t top = 0;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    if (!layers_[l].kept_at.empty()) top = l;
  }
  begin_first_layer(count);
  for (std::size_t l = 0; l <= top; ++l) {
    forward(l, count, with_dropout);
    store_activities(l, count);
  }
}

template class FFEngine<float>;
template class FFEngine<double>;

}  // namespace ff::fused
