#include "ff/forward_forward/input_batch.h"

#include <algorithm>

#include <ATen/Functions.h>

#include "ff/core/profile.h"
#include "ff/forward_forward/hybrid.h"

namespace ff {

at::Tensor inputs_of(const LabelOverlay& overlay, const InputBatch& data) {
  const auto& set = *data.samples;
  auto rows = set.rows(data.images, data.moves);
  if (data.others.defined()) {
    rows = mixed(rows, set.rows(data.others, data.other_moves), data.masks);
  }
  if (data.pixels == LabelPixels::kLabel) overlay.write_(rows, data.labels);
  if (data.pixels == LabelPixels::kNeutral) overlay.write_neutral_(rows);
  return rows;
}

void inputs_into(const LabelOverlay& overlay, const InputBatch& data, float* to, float* scratch) {
  const auto& set = *data.samples;
  const auto read = [&set](const at::Tensor& images, const Moves& moves, float* rows) {
    const ProfileScope timed(moves.any() ? "read pixels, moved" : "read pixels");
    set.rows_into(images, moves, rows);
  };
  read(data.images, data.moves, to);
  const auto count = data.size(), width = set.features();
  if (data.others.defined()) {
    read(data.others, data.other_moves, scratch);
    const ProfileScope timed("mix images by masks");
    mix_into(to,
             scratch,
             data.masks.const_data_ptr<bool>(),
             count,
             set.channels(),
             set.height() * set.width());
  }
  if (data.pixels == LabelPixels::kImage) return;
  const ProfileScope timed("write labels");
  const bool neutral = data.pixels == LabelPixels::kNeutral;
  const auto value = static_cast<float>(*overlay.value().const_data_ptr<double>());
  const auto* label = neutral ? nullptr : data.labels.const_data_ptr<std::int64_t>();
  for (std::int64_t r = 0; r < count; ++r) {
    auto* pixel = to + r * width;
    std::fill_n(pixel, overlay.classes(), neutral ? static_cast<float>(overlay.neutral()) : 0.0F);
    if (!neutral) pixel[label[r]] = value;
  }
}

}  // namespace ff
