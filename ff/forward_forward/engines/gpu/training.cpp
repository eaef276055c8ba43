#include "ff/forward_forward/engines/gpu/training.h"

#include <ATen/Functions.h>

#include "ff/engines/cpu/learned_tensor.h"
#include "ff/engines/gpu/devices.h"

namespace ff::gpu {

std::string reason_against(const FFLearnerOptions& options) {
  if (options.negatives.type == "hybrid") return "negatives.type hybrid";
  if (options.head.on()) {
    const auto missing = fused::missing_update(options.head.optimizer);
    if (!missing.empty()) return "head." + missing;
  }
  return reason_against(options.model, options.loss, options.optimizer);
}

at::Tensor GpuTraining::train_epoch(const Phase& phase, Epoch& epoch) {
  trainer_->train_epoch(phase, {&epoch});
  const auto of_head = trainer_->head_loss();
  return at::tensor({of_head.sum, of_head.images}, at::kDouble);
}

std::shared_ptr<FFTrainer> make_trainer(const std::vector<Pupil>& pupils) {
  const auto& [network, head, options, data] = pupils.front();
  const auto depth = static_cast<std::int64_t>(options.model.widths.size());
  std::vector<Member> members;
  for (const auto& pupil : pupils) {
    members.push_back({pupil.network,
                       pupil.options.optimizer,
                       {pupil.data.wrong_labels(), pupil.data.overlay()}});
    if (!pupil.head) continue;
    members.back().head =
        HeadParts{{pupil.head->weight, pupil.head->optimizer_state(), pupil.options.head.optimizer},
                  pupil.options.head.layers.of(depth, "head.layers")};
  }
  return make_ff_trainer(make_device(data.train().images.device()),
                         {.model = options.model,
                          .loss = options.loss,
                          .batch_size = options.batch_size,
                          .streams = data.streams(),
                          .negatives_stay = data.stays(),
                          .cache_mib = options.fused.cache_mib,
                          .precision = options.precision,
                          .draws = {options.augment, data.hard(), options.model.dropout > 0},
                          .head_along = head && options.head.train == "along"},
                         std::move(members),
                         data.train());
}

}  // namespace ff::gpu
