#include "ff/gpu/ff_training.h"

#include <c10/util/Exception.h>

#include "ff/gpu/devices.h"
#include "ff/one_batch.h"

namespace ff::gpu {

std::string reason_against(const FFLearnerOptions& options) {
  if (options.negatives.type != "random-label") return "negatives.type " + options.negatives.type;
  if (options.head.on()) return "a head";
  if (options.augment.on()) return "augment";
  return reason_against(options.model, options.loss, options.optimizer);
}

void GpuTraining::train_epoch(const Phase& phase, Epoch& epoch) {
  trainer_->train_epoch(phase, {&epoch});
}

at::Tensor GpuTraining::train(const Phase& phase, const DataRows& pos, const DataRows& neg) {
  Batch batch{{pos.images}};
  if (trainer_->streams() > 1) batch.indices.push_back(neg.images);
  OneBatch epoch(std::move(batch));
  trainer_->train_epoch(phase, {&epoch});
  return epoch.losses();
}

at::Tensor GpuTraining::activities(const DataRows&, bool) {
  TORCH_CHECK(false, "gpu: no activities for a head, which reason_against refuses");
}

at::Tensor GpuTraining::positive_activities() const {
  TORCH_CHECK(false, "gpu: no activities for a head, which reason_against refuses");
}

at::Tensor GpuTraining::activities(const at::Tensor&) {
  TORCH_CHECK(false, "gpu: no activities for a head, which reason_against refuses");
}

at::Tensor GpuTraining::goodness_by_label(const at::Tensor& rows) {
  return trainer_->goodness_by_label(place_, rows);
}

std::shared_ptr<FFTrainer> make_trainer(const std::vector<Pupil>& pupils) {
  const auto& [network, options, data] = pupils.front();
  std::vector<Member> members;
  for (const auto& pupil : pupils) {
    members.push_back({pupil.network,
                       pupil.options.optimizer,
                       {pupil.data.wrong_labels(), pupil.data.overlay()}});
  }
  return make_ff_trainer(make_device(data.train().images.device()),
                         {.model = options.model,
                          .loss = options.loss,
                          .batch_size = options.batch_size,
                          .streams = data.streams(),
                          .negatives_stay = data.stays(),
                          .cache_mib = options.fused.cache_mib,
                          .precision = options.precision},
                         std::move(members),
                         data.train());
}

}  // namespace ff::gpu
