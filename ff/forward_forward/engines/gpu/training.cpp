#include "ff/forward_forward/engines/gpu/training.h"

#include <ATen/Functions.h>

#include "ff/engines/cpu/learned_tensor.h"
#include "ff/engines/gpu/devices.h"

namespace ff::gpu {

std::string reason_against(const FFLearnerOptions& options) {
  if (options.negatives.type == "hybrid") return "negatives.type hybrid";
  if (options.negatives.type == "random-label" && options.negatives.redraw == "batch") {
    return "negatives.redraw batch on a GPU";
  }
  if (options.head.on()) {
    const auto missing = fused::missing_update(options.head.optimizer);
    if (!missing.empty()) return "head." + missing;
  }
  return reason_against(options.model, options.loss, options.optimizer);
}

void GpuTraining::train_epoch(const Phase& phase, Epoch& epoch, const at::Tensor& head_loss) {
  trainer_->train_epoch(phase, {&epoch});
  const auto of_head = trainer_->head_loss();
  auto sums = head_loss;
  sums.add_(at::tensor({of_head.sum, of_head.images}, at::kDouble));
}

std::shared_ptr<FFTrainer> make_trainer(const std::vector<FFParts>& networks) {
  std::vector<TrainerMember> members;
  for (const auto& parts : networks) {
    members.push_back({parts.network,
                       parts.options.optimizer,
                       {parts.data.wrong_labels(), parts.data.overlay()}});
    if (!parts.head) continue;
    members.back().head =
        HeadParts{{parts.head->weight, parts.head->optimizer_state(), parts.options.head.optimizer},
                  parts.head_layers()};
  }
  const auto& first = networks.front();
  const auto& options = first.options;
  const auto& data = first.data;
  return make_ff_trainer(make_device(data.info().device),
                         {.model = options.model,
                          .loss = options.loss,
                          .batch_size = options.batch_size,
                          .streams = data.streams(),
                          .cache = {options.fused.cache_mib, data.inputs_fixed()},
                          .precision = options.precision,
                          .draws = {options.augment, data.hard(), options.model.dropout > 0},
                          .head_along = first.head_along()},
                         std::move(members),
                         *data.info().resident);
}

}  // namespace ff::gpu
