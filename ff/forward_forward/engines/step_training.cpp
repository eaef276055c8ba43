#include "ff/forward_forward/engines/step_training.h"

#include <ATen/Functions.h>

#include "ff/forward_forward/hard_negatives.h"

namespace ff {

void StepTraining::train_epoch(const Phase& phase, Epoch& epoch, const at::Tensor& head_loss) {
  for (auto batch = epoch.next(1); batch.size() > 0; batch = epoch.next(1)) {
    epoch.trained(train_step(phase, batch, head_loss).unsqueeze(0));
  }
}

at::Tensor StepTraining::train_step(const Phase& phase,
                                    const Batch& given,
                                    const at::Tensor& head_loss) {
  const auto& data = parts_.data;
  const auto batch = ready_batch(data.info(), given);
  const auto pos = data.positives(batch);
  if (phase.name == kHeadPhase) {
    const auto seen = activities(data.neutral(pos), /*with_dropout=*/false);
    return parts_.head->train_step(seen, FFData::own_labels(pos)).loss.view({1});
  }
  if (!parts_.head_along()) return train_layers(phase, pos, data.negatives(batch, pos));
  if (!data.labelled()) {  // the head sees the positives: no extra forward pass
    const auto losses = train_layers(phase, pos, data.negatives(batch, pos));
    train_head(positive_activities(), pos, head_loss);
    return losses;
  }
  const auto logits =
      train_head(activities(data.neutral(pos), /*with_dropout=*/true), pos, head_loss);
  if (!data.hard()) return train_layers(phase, pos, data.negatives(batch, pos));
  const auto labels = draw_hard_labels(logits, pos.labels);
  return train_layers(phase, pos, data.negatives(pos, labels));
}

// Returns the logits before the update, (B, C).
at::Tensor StepTraining::train_head(const at::Tensor& activities,
                                    const InputBatch& images,
                                    const at::Tensor& head_loss) {
  const auto step = parts_.head->train_step(activities, FFData::own_labels(images));
  const auto count = static_cast<double>(images.size());
  auto sums = head_loss;
  sums.add_(
      at::stack({step.loss.to(at::kCPU, at::kDouble) * count, at::full({}, count, at::kDouble)}));
  return step.logits;
}

}  // namespace ff
