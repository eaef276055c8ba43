#include "ff/learn/learner.h"

namespace ff {
namespace {

class OneBatch : public Epoch {
 public:
  explicit OneBatch(Batch batch) : batch_(std::move(batch)) {}
  Batch next(std::int64_t) const override {
    if (!losses.defined()) return batch_;
    return {};
  }
  void trained(const at::Tensor& of_batch) override { losses = of_batch[0]; }
  bool stopping() const override { return false; }

  at::Tensor losses;  // (k), after training

 private:
  Batch batch_;
};

}  // namespace

at::Tensor Learner::train_batch(const Phase& phase, const Batch& batch) {
  OneBatch epoch(batch);
  train_epoch(phase, epoch);
  return epoch.losses;
}

void StepLearner::train_epoch(const Phase& phase, Epoch& epoch) {
  for (auto batch = epoch.next(1); batch.size() > 0; batch = epoch.next(1)) {
    epoch.trained(train_step(phase, batch).unsqueeze(0));
  }
}

std::optional<double> Learner::loss(const at::Tensor&, const at::Tensor&) const {
  return std::nullopt;
}

Measures Learner::measures(const std::vector<Batch>&) { return {}; }

}  // namespace ff
