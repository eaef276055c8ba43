#include "ff/forward_forward/engines/training.h"

#include <c10/util/Exception.h>

namespace ff {

at::Tensor FFTraining::train_epoch(const Phase&, Epoch&) {
  TORCH_CHECK(false, "FFTraining: ", engine(), " trains batch by batch");
}

at::Tensor FFTraining::train(const Phase&, const DataRows&, const DataRows&) {
  TORCH_CHECK(false, "FFTraining: ", engine(), " takes epochs");
}

at::Tensor FFTraining::positive_activities() const {
  TORCH_CHECK(false, "FFTraining: ", engine(), " takes epochs");
}

}  // namespace ff
