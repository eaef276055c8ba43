// Example layer scaled: a fully connected layer with a learned scale per unit.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/nn/init.h"
#include "ff/nn/weighted_layer.h"
#include "mine.h"

namespace mine {
namespace {

class Scaled : public ff::WeightedLayerImpl {
 public:
  Scaled(std::int64_t units, const ff::LayerPlace& place) {
    weight = register_parameter("weight", at::empty({units, place.input.features()}));
    bias = register_parameter("bias", at::empty({units}));
    ff::initialize(place.init, weight, bias);
    scale_ = register_parameter("scale", at::ones({units}));
    seen_ = register_buffer("seen", at::zeros({1}));
  }

  /// (N, ...), flattened to (N, in), -> (N, units)
  at::Tensor forward(const at::Tensor& x, ff::Pass pass) const override {
    if (pass == ff::Pass::kTrain) seen_.add_(x.size(0));
    return at::linear(x.flatten(1), weight, bias) * scale_;
  }

 private:
  at::Tensor scale_;  // (units)
  at::Tensor seen_;   // (1), number of training samples seen
};

}  // namespace

ff::LayerKind scaled() {
  return {.name = "scaled",
          .fields = {{"units", 16, ff::required(ff::between(1, 1e6)), "Units."}},
          .has_weights = true,
          .flattens = true,
          .output =
              [](const ff::LayerOptions& options, const ff::Shape&) {
                return ff::Shape{.channels = options.get<std::int64_t>("units")};
              },
          .make = [](const ff::LayerOptions& options,
                     const ff::LayerPlace& place) -> std::shared_ptr<ff::LayerImpl> {
            return std::make_shared<Scaled>(options.get<std::int64_t>("units"), place);
          }};
}

}  // namespace mine
