#include "ff/forward_forward/objectives/projection.h"

#include <algorithm>

#include <ATen/Functions.h>

#include "ff/nn/init.h"

namespace ff {

Projection::Projection(std::int64_t side, const ObjectivePlace& place)
    : shape_(place.shape),
      height_(std::min(side, place.shape.height)),
      width_(std::min(side, place.shape.width)) {
  const auto inputs = shape_.channels * height_ * width_;
  weight = register_parameter("weight", at::empty({place.classes, inputs}));
  find_init("torch").fill(weight, at::empty({place.classes}));
}

at::Tensor Projection::scores(const at::Tensor& activations) const {
  auto maps = activations;
  if (height_ != shape_.height || width_ != shape_.width) {
    maps = at::adaptive_avg_pool2d(activations, {height_, width_});
  }
  return at::linear(maps.flatten(1), weight);
}

ObjectiveKind projection_objective() {
  return {.name = "projection",
          .fields = {{"maps",
                      std::int64_t{4},
                      between(1, 1e3),
                      "projection: larger feature maps are average-pooled to maps x maps positions "
                      "before the projection."}},
          .make = [](const ObjectiveOptions& options,
                     const ObjectivePlace& place) -> std::shared_ptr<Objective> {
            return std::make_shared<Projection>(options.get<std::int64_t>("maps"), place);
          }};
}

}  // namespace ff
