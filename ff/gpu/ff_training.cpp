#include "ff/gpu/ff_training.h"

#include <c10/util/Exception.h>

#include "ff/gpu/devices.h"

namespace ff::gpu {
namespace {

// An epoch of one batch.
class OneBatch : public Epoch {
 public:
  explicit OneBatch(std::vector<at::Tensor> indices) : indices_(std::move(indices)) {}
  std::optional<Batch> next() override { return std::nullopt; }
  void trained(const at::Tensor&) override {}
  std::vector<at::Tensor> rest() const override { return indices_; }
  bool stopping() const override { return false; }
  void trained_batches(const at::Tensor& of_batch) override { losses = of_batch[0]; }

  at::Tensor losses;

 private:
  std::vector<at::Tensor> indices_;
};

}  // namespace

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
  OneBatch epoch(trainer_->streams() == 1 ? std::vector<at::Tensor>{pos.images}
                                          : std::vector<at::Tensor>{pos.images, neg.images});
  trainer_->train_epoch(phase, {&epoch});
  return epoch.losses;
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
