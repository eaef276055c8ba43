#include "ff/nn/layers/layer_norm.h"

#include <ATen/Functions.h>

#include "ff/nn/layers/sample_norm.h"

namespace ff {
namespace {

class PositionNormImpl : public LayerImpl {
 public:
  PositionNormImpl(std::int64_t channels, bool affine, double epsilon)
      : channels_(channels), epsilon_(epsilon) {
    if (!affine) return;
    weight_ = register_parameter("weight", at::ones({channels}));
    bias_ = register_parameter("bias", at::zeros({channels}));
  }

  /// Maps (N, C) or (N, C, H, W) to the same shape.
  at::Tensor forward(const at::Tensor& x, Pass) const override {
    const auto last = x.movedim(/*source=*/1, /*destination=*/-1);
    return at::layer_norm(last, {channels_}, weight_, bias_, epsilon_).movedim(-1, 1);
  }

 private:
  at::Tensor weight_, bias_;  // (C), or undefined if not affine
  std::int64_t channels_;
  double epsilon_;
};

std::shared_ptr<LayerImpl> make_layer_norm(const LayerOptions& options, const LayerPlace& place) {
  const auto channels = place.input.channels;
  const auto epsilon = options.get<double>("epsilon");
  if (options.get<std::string>("over") == "position") {
    return std::make_shared<PositionNormImpl>(channels, options.affine, epsilon);
  }
  return std::make_shared<GroupNormImpl>(/*groups=*/1, channels, options.affine, epsilon);
}

}  // namespace

LayerKind layer_norm_layer() {
  return {.name = "layer-norm",
          .fields = sample_norm_fields("Whether a scale and shift per channel are learned.",
                                       {over_field()}),
          .output =
              [](const LayerOptions& options, const Shape& input) {
                const bool by_position = options.get<std::string>("over") == "position";
                refuse_single_value(by_position ? input.channels : input.features(),
                                    by_position ? "position" : "sample");
                return input;
              },
          .make = make_layer_norm,
          .list = "norms"};
}

}  // namespace ff
