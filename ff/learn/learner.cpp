#include "ff/learn/learner.h"

namespace ff {

void Learner::train_epoch(const Phase& phase, Epoch& epoch) {
  while (const auto batch = epoch.next()) epoch.trained(train_batch(phase, *batch));
}

std::optional<double> Learner::loss(const at::Tensor&, const at::Tensor&) const {
  return std::nullopt;
}

Measures Learner::measures(const std::vector<Batch>&) { return {}; }

}  // namespace ff
