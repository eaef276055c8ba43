#include "ff/forward_forward/engines/staged.h"

#include <algorithm>

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace ff {

std::string StagedTraining::engine() const {
  const bool autograd = std::all_of(stages_.begin(), stages_.end(), [](const Placed& placed) {
    return placed.stage->engine() == "autograd";
  });
  return autograd ? "autograd" : "mixed";
}

at::Tensor StagedTraining::inputs_of(const InputBatch& data) const {
  return ff::inputs_of(parts_.data.overlay(), data);
}

std::size_t StagedTraining::stage_of(std::size_t block) const {
  const auto above = std::find_if(
      stages_.begin(), stages_.end(), [&](const Placed& placed) { return placed.first > block; });
  return static_cast<std::size_t>(above - stages_.begin()) - 1;
}

at::Tensor StagedTraining::train_layers(const Phase& phase,
                                        const InputBatch& pos,
                                        const InputBatch& neg) {
  Halves halves{inputs_of(pos), inputs_of(neg)};
  if (phase.layer >= 0) return train_one_block(static_cast<std::size_t>(phase.layer), halves);
  std::vector<at::Tensor> losses;
  for (auto& placed : stages_) halves = placed.stage->train(halves, losses);
  if (stages_.size() > 1) {
    for (auto& loss : losses) loss = loss.to(at::kDouble);
  }
  return at::stack(losses);
}

at::Tensor StagedTraining::train_one_block(std::size_t block, const Halves& rows) {
  auto& network = parts_.network;
  const Halves below{network->features(rows.pos, block), network->features(rows.neg, block)};
  const auto& placed = stages_[stage_of(block)];
  return placed.stage->train_block(block - placed.first, below).view({1});
}

// Concatenated in the order of head.layers, across stages.
at::Tensor StagedTraining::positive_activities() const {
  std::vector<std::vector<at::Tensor>> kept;
  for (const auto& placed : stages_) kept.push_back(placed.stage->kept());
  std::vector<std::size_t> taken(stages_.size());
  std::vector<at::Tensor> seen;
  for (const auto l : parts_.head_layers()) {
    const auto s = stage_of(static_cast<std::size_t>(l));
    seen.push_back(kept[s][taken[s]++]);
  }
  return at::cat(seen, /*dim=*/1);
}

at::Tensor StagedTraining::activities(const InputBatch& data, bool with_dropout) {
  at::NoGradGuard no_grad;
  return parts_.network->normalized_activities(inputs_of(data), parts_.head_layers(), with_dropout);
}

at::Tensor StagedTraining::activities(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  return parts_.network->normalized_activities(rows, parts_.head_layers(), /*with_dropout=*/false);
}

at::Tensor StagedTraining::goodness_by_label(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  return parts_.network->goodness_by_label(rows, parts_.data.overlay());
}

}  // namespace ff
