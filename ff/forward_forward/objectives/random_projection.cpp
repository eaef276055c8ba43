#include "ff/forward_forward/objectives/random_projection.h"

#include <algorithm>
#include <cmath>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff {

RandomProjection::RandomProjection(std::int64_t channels_times_side, const ObjectivePlace& place) {
  const auto& shape = place.shape;
  const auto side = std::max<std::int64_t>(channels_times_side / shape.channels, 1);
  height_ = std::min(side, shape.height);
  width_ = std::min(side, shape.width);
  const auto scale = 1 / std::sqrt(static_cast<double>(place.classes));
  const auto inputs = shape.channels * height_ * width_;
  weight = register_buffer("weight", at::randn({place.classes, inputs}) * scale);
  bias = register_buffer("bias", at::randn({place.classes}) * scale);
}

at::Tensor RandomProjection::scores(const at::Tensor& activations) const {
  auto squares = activations.pow(2);
  if (squares.dim() == 4 && (squares.size(2) != height_ || squares.size(3) != width_)) {
    squares = at::adaptive_avg_pool2d(squares, {height_, width_});
  }
  return at::linear(squares.flatten(1), weight, bias);
}

ObjectiveKind random_projection_objective() {
  return {.name = "random-projection",
          .fields = {{"channels_times_side",
                      std::int64_t{512},
                      between(1, 1e6),
                      "random-projection: the squares of a map are average-pooled to P x P "
                      "positions, P = channels_times_side / channels, at least 1 and at most the "
                      "map's side."}},
          .make = [](const ObjectiveOptions& options,
                     const ObjectivePlace& place) -> std::shared_ptr<Objective> {
            return std::make_shared<RandomProjection>(
                options.get<std::int64_t>("channels_times_side"), place);
          }};
}

}  // namespace ff
