#include "ff/forward_forward/engines/cpu/training.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

#include "ff/core/profile.h"
#include "ff/engines/frozen_cache.h"

namespace ff::fused {

FusedTraining::FusedTraining(FFParts parts)
    : StepTraining(std::move(parts)),
      engine_(parts_.network,
              parts_.options.model,
              parts_.options.loss,
              parts_.options.optimizer,
              2 * parts_.options.batch_size,
              background_of(parts_.data.info(), parts_.options.fused),
              parts_.options.precision,
              parts_.options.fused.sparse == "auto") {
  engine_.keep_activities(parts_.head_layers());
  const auto& data = parts_.data;
  if (!data.labelled()) scratch_.resize(parts_.options.batch_size * data.info().shape.features());
}

void FusedTraining::read(const InputBatch& data, std::int64_t row) {
  inputs_into(parts_.data.overlay(), data, engine_.pixels().row(row), scratch_.data());
}

// The engine's buffers are allocated for batch_size samples.
void FusedTraining::check_size(const InputBatch& batch) const {
  const auto most = parts_.options.batch_size;
  TORCH_CHECK(batch.size() <= most,
              "FusedTraining: a batch of ",
              batch.size(),
              ", but batch_size is ",
              most);
}

// True if the cache may hold `numbers` floats per training image.
bool FusedTraining::fits_cache(std::int64_t numbers) const {
  if (!parts_.data.inputs_fixed()) return false;
  const FrozenCache cache{parts_.options.fused.cache_mib, /*inputs_fixed=*/true};
  return cache.fits_cache(parts_.data.info().resident->size() * numbers, sizeof(float));
}

// Computes the cached inputs of `layer` from those of the layer below, one half at a time, if the
// cache limit allows for both; else from the pixels, after freeing the lower layer's.
void FusedTraining::fill_cache(std::size_t layer) {
  if (cached_layer_ == layer) return;
  const ProfileScope timed("outputs of frozen layers");
  const auto width = engine_.inputs(layer).width(), width_below = engine_.inputs(layer - 1).width();
  const bool half_open = layer > 1 && cached_layer_ == layer - 1 &&
                         fits_cache(width + width_below + std::max(width, width_below));
  const auto rows = engine_.pixels().rows();
  const auto images = parts_.data.info().resident->size();
  if (!half_open) cached_[0] = cached_[1] = at::Tensor();
  for (int half = 0; half < 2; ++half) {
    const auto below = std::exchange(cached_[half], at::empty({images, width}, at::kFloat));
    auto* to = cached_[half].mutable_data_ptr<float>();
    for (std::int64_t begin = 0; begin < images; begin += rows) {
      const auto count = std::min(rows, images - begin);
      if (half_open) {
        auto& inputs = engine_.inputs(layer - 1);
        std::memcpy(inputs.row(0),
                    below.const_data_ptr<float>() + begin * inputs.width(),
                    count * inputs.width() * sizeof(float));
        engine_.input_above(layer - 1, count, to + begin * width);
      } else {
        read(parts_.data.range(begin, begin + count, /*positive=*/half == 0), 0);
        engine_.input_of(layer, count, to + begin * width);
      }
    }
  }
  cached_layer_ = layer;
}

void FusedTraining::train_from_cache(std::size_t layer,
                                     const InputBatch& pos,
                                     const InputBatch& neg) {
  fill_cache(layer);
  auto& inputs = engine_.inputs(layer);
  const auto width = inputs.width();
  const auto half = pos.size();
  const at::Tensor* chosen[2] = {&pos.ids, &neg.ids};
  for (int h = 0; h < 2; ++h) {
    const auto* index = chosen[h]->const_data_ptr<std::int64_t>();
    const auto* from = cached_[h].const_data_ptr<float>();
    for (std::int64_t i = 0; i < half; ++i) {
      std::memcpy(inputs.row(h * half + i), from + index[i] * width, width * sizeof(float));
    }
  }
  engine_.train_layer(layer, 2 * half);
}

at::Tensor FusedTraining::train_layers(const Phase& phase,
                                       const InputBatch& pos,
                                       const InputBatch& neg) {
  check_size(pos);
  const auto half = pos.size();
  const auto layer = static_cast<std::size_t>(std::max<std::int64_t>(phase.layer, 0));
  if (layer > 0 && fits_cache(2 * engine_.inputs(layer).width())) {
    train_from_cache(layer, pos, neg);
  } else {
    read(pos, 0);
    read(neg, half);
    if (phase.layer < 0) {
      engine_.train_all(2 * half);
      if (engine_.activity_rows() > 0) positive_activities_ = engine_.activities(half);
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

at::Tensor FusedTraining::activities(const InputBatch& data, bool with_dropout) {
  check_size(data);
  read(data, 0);
  engine_.forward_to_head(data.size(), with_dropout);
  return engine_.activities(data.size());
}

at::Tensor FusedTraining::activities(const at::Tensor& rows) {
  const auto source = rows.contiguous();
  const auto width = source.size(1);
  std::vector<at::Tensor> parts;
  for (std::int64_t begin = 0; begin < source.size(0); begin += engine_.activity_rows()) {
    const auto count = std::min(engine_.activity_rows(), source.size(0) - begin);
    std::memcpy(engine_.pixels().row(0),
                source.const_data_ptr<float>() + begin * width,
                count * width * sizeof(float));
    engine_.forward_to_head(count, /*with_dropout=*/false);
    parts.push_back(engine_.activities(count).clone());
  }
  return at::cat(parts);
}

at::Tensor FusedTraining::goodness_by_label(const at::Tensor& rows) {
  return engine_.goodness_by_label(rows, parts_.data.overlay());
}

}  // namespace ff::fused
