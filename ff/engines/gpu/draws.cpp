#include "ff/engines/gpu/draws.h"

#include <algorithm>
#include <cstring>

#include <ATen/CPUGeneratorImpl.h>

#include "ff/core/separate_seed.h"
#include "ff/engines/gpu/memory.h"

namespace ff::gpu {
namespace {

void draw_into(Move* to, const AugmentOptions& options, std::int64_t count) {
  const auto moves = draw_moves(options, count);
  const auto* offset =
      moves.offsets.defined() ? moves.offsets.const_data_ptr<std::int64_t>() : nullptr;
  const auto* mirrored = moves.flips.defined() ? moves.flips.const_data_ptr<bool>() : nullptr;
  for (std::int64_t i = 0; i < count; ++i) {
    to[i] = {static_cast<std::int16_t>(offset ? offset[2 * i] : 0),
             static_cast<std::int16_t>(offset ? offset[2 * i + 1] : 0),
             static_cast<std::int16_t>(mirrored && mirrored[i] ? 1 : 0)};
  }
}

}  // namespace

Draws::Draws(const DrawOptions& options,
             std::int64_t images,
             std::int64_t streams,
             std::int64_t batch_size,
             const at::Device& place)
    : options_(options), images_(images), streams_(streams), batch_size_(batch_size) {
  const auto both = [&](at::Tensor& here, at::Tensor& there, at::IntArrayRef sizes, auto type) {
    here = at::zeros(sizes, type);
    there = at::zeros(sizes, at::TensorOptions(type).device(place));
  };
  if (options_.augment.on()) both(host_moves_, device_moves_, {streams, images, 3}, at::kShort);
  if (options_.hard_labels) both(host_uniforms_, device_uniforms_, {images}, at::kFloat);
  const auto batches = (images + batch_size - 1) / batch_size;
  if (options_.dropout) both(host_seeds_, device_seeds_, {batches}, at::kLong);
}

void Draws::begin_epoch(std::int64_t images, bool positives_only) {
  if (!any()) return;
  in_epoch_ = images;
  positives_only_ = positives_only;
  generator_ = at::detail::getDefaultCPUGenerator().get_state();
  draw((images + batch_size_ - 1) / batch_size_);
  if (device_moves_.defined()) device_moves_.copy_(host_moves_);
  if (device_uniforms_.defined()) device_uniforms_.copy_(host_uniforms_);
  if (device_seeds_.defined()) device_seeds_.copy_(host_seeds_);
}

void Draws::end_epoch(std::int64_t batches) {
  if (!any() || batches * batch_size_ >= in_epoch_) return;
  auto generator = at::detail::getDefaultCPUGenerator();  // a handle, not a copy
  generator.set_state(generator_);
  draw(batches);
}

void Draws::draw(std::int64_t batches) {
  for (std::int64_t b = 0; b < batches; ++b) {
    const auto begin = b * batch_size_;
    const auto count = std::min(batch_size_, in_epoch_ - begin);
    const auto draw_stream = [&](std::int64_t stream) {
      if (host_moves_.defined()) {
        draw_into(pointer<Move>(host_moves_) + stream * images_ + begin, options_.augment, count);
      }
    };
    draw_stream(0);
    if (positives_only_) continue;
    if (options_.hard_labels) {
      const auto uniforms = draw_uniforms(count);
      std::memcpy(pointer<float>(host_uniforms_) + begin,
                  uniforms.const_data_ptr<float>(),
                  count * sizeof(float));
    } else if (streams_ > 1) {
      draw_stream(1);
    }
    if (host_seeds_.defined()) host_seeds_[b].random_();
  }
}

const Move* Draws::moves() const { return pointer<Move>(device_moves_); }

const float* Draws::uniforms() const { return pointer<float>(device_uniforms_); }

const std::int64_t* Draws::seeds() const { return pointer<std::int64_t>(device_seeds_); }

}  // namespace ff::gpu
