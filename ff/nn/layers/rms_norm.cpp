#include "ff/nn/layers/rms_norm.h"

#include <numeric>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/nn/layers/sample_norm.h"

namespace ff {
namespace {

class RmsNormImpl : public LayerImpl {
 public:
  RmsNormImpl(std::int64_t channels, bool affine, bool by_position, double epsilon)
      : by_position_(by_position), epsilon_(epsilon) {
    if (affine) weight_ = register_parameter("weight", at::ones({channels}));
  }

  /// Maps (N, C) or (N, C, H, W) to the same shape.
  at::Tensor forward(const at::Tensor& x, Pass) const override {
    std::vector<std::int64_t> dims(by_position_ ? 1 : x.dim() - 1);
    std::iota(dims.begin(), dims.end(), 1);
    const auto y = x * (x.square().mean(dims, /*keepdim=*/true) + epsilon_).rsqrt();
    if (!weight_.defined()) return y;
    return y * (x.dim() == 4 ? weight_.view({1, -1, 1, 1}) : weight_);
  }

 private:
  at::Tensor weight_;  // (C), or undefined if not affine
  bool by_position_;
  double epsilon_;
};

}  // namespace

LayerKind rms_norm_layer() {
  return {.name = "rms-norm",
          .fields = sample_norm_fields("Whether a scale per channel is learned.", {over_field()}),
          .make = [](const LayerOptions& options,
                     const LayerPlace& place) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<RmsNormImpl>(place.input.channels,
                                                 options.affine,
                                                 options.get<std::string>("over") == "position",
                                                 options.get<double>("epsilon"));
          },
          .list = "norms"};
}

}  // namespace ff
