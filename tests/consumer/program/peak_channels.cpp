// Example objective peak-channels: the score of a class is the largest activation of its group of
// channels, times an option.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "mine.h"

namespace mine {
namespace {

class PeakChannels : public ff::Objective {
 public:
  PeakChannels(double gain, std::int64_t classes) : gain_(gain), classes_(classes) {}

  at::Tensor scores(const at::Tensor& activations) const override {
    return gain_ * activations.reshape({activations.size(0), classes_, -1}).amax(/*dim=*/2);
  }

 private:
  double gain_;
  std::int64_t classes_;
};

}  // namespace

ff::ObjectiveKind peak_channels() {
  return {.name = "peak-channels",
          .fields = {{"gain", 1.0, ff::above(0), "peak-channels: factor on the scores."}},
          .make = [](const ff::ObjectiveOptions& options,
                     const ff::ObjectivePlace& place) -> std::shared_ptr<ff::Objective> {
            return std::make_shared<PeakChannels>(options.get<double>("gain"), place.classes);
          }};
}

}  // namespace mine
