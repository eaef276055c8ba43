#include "ff/fused/ff_training.h"

#include <cstring>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include "ff/profile.h"

namespace ff::fused {

FFTraining::FFTraining(const FFNetwork& network,
                       const ModelOptions& model,
                       const LossOptions& loss,
                       const OptimizerOptions& optimizer,
                       const FusedOptions& options,
                       const ImageSet& train,
                       std::int64_t batch_size,
                       bool negatives_stay)
    : options_(options),
      train_(train),
      batch_size_(batch_size),
      negatives_stay_(negatives_stay),
      engine_(network, model, loss, optimizer, 2 * batch_size, background_of(train, options)) {}

// Labelled pixels of the images at `indices`, into the engine's rows from `row` on.
void FFTraining::read(const at::Tensor& indices,
                      const at::Tensor& labels,
                      const LabelOverlay& overlay,
                      std::int64_t row) {
  const ProfileScope timed("read pixels and labels");
  auto& pixels = engine_.pixels();
  train_.rows_into(indices, pixels.row(row));
  const auto value = static_cast<float>(*overlay.value().const_data_ptr<double>());
  const auto* index = indices.const_data_ptr<std::int64_t>();
  const auto* label = labels.const_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < indices.numel(); ++i) {
    auto* pixel = pixels.row(row + i);
    std::fill_n(pixel, overlay.classes(), 0.0F);
    pixel[label[index[i]]] = value;
  }
}

bool FFTraining::may_cache(std::int64_t width) const {
  const double bytes = 2.0 * static_cast<double>(train_.size() * width) * sizeof(float);
  return negatives_stay_ && bytes <= static_cast<double>(options_.cache_mib) * (1 << 20);
}

void FFTraining::fill_cache(std::size_t layer,
                            const at::Tensor& labels,
                            const at::Tensor& wrong_labels,
                            const LabelOverlay& overlay) {
  if (cached_layer_ == layer) return;
  const auto width = engine_.inputs(layer).width();
  const auto rows = engine_.pixels().rows();
  const auto everything = at::arange(train_.size(), at::kLong);
  for (int half = 0; half < 2; ++half) {
    cached_[half] = at::Tensor();  // the layer before's goes first: never both
    cached_[half] = at::empty({train_.size(), width}, at::kFloat);
    auto* to = cached_[half].mutable_data_ptr<float>();
    for (std::int64_t begin = 0; begin < train_.size(); begin += rows) {
      const auto count = std::min(rows, train_.size() - begin);
      read(everything.narrow(0, begin, count), half == 0 ? labels : wrong_labels, overlay, 0);
      engine_.input_of(layer, count, to + begin * width);
    }
  }
  cached_layer_ = layer;
}

at::Tensor FFTraining::train_batch(const Phase& phase,
                                   const at::Tensor& positives,
                                   const at::Tensor& labels,
                                   const at::Tensor& negatives,
                                   const at::Tensor& wrong_labels,
                                   const LabelOverlay& overlay) {
  const auto half = positives.numel();
  const auto layer = static_cast<std::size_t>(std::max<std::int64_t>(phase.layer, 0));
  if (layer > 0 && may_cache(engine_.inputs(layer).width())) {
    fill_cache(layer, labels, wrong_labels, overlay);
    auto& inputs = engine_.inputs(layer);
    const auto width = inputs.width();
    const at::Tensor* chosen[2] = {&positives, &negatives};
    for (int h = 0; h < 2; ++h) {
      const auto* index = chosen[h]->const_data_ptr<std::int64_t>();
      const auto* from = cached_[h].const_data_ptr<float>();
      for (std::int64_t i = 0; i < half; ++i) {
        std::memcpy(inputs.row(h * half + i), from + index[i] * width, width * sizeof(float));
      }
    }
    engine_.train_layer(layer, 2 * half);
  } else {
    read(positives, labels, overlay, 0);
    read(negatives, wrong_labels, overlay, half);
    if (phase.layer < 0) {
      engine_.train_all(2 * half);
    } else {
      if (layer > 0) engine_.input_of(layer, 2 * half, nullptr);
      engine_.train_layer(layer, 2 * half);
    }
  }
  const auto& losses = engine_.losses();
  const auto first = losses.data() + layer;
  const std::vector<double> of_phase(first,
                                     phase.layer < 0 ? losses.data() + losses.size() : first + 1);
  return at::tensor(of_phase, at::kDouble);
}

}  // namespace ff::fused
