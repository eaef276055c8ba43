// Example activation leaky-abs: y = x if x > 0, else -slope * x.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "mine.h"

namespace mine {
namespace {

class LeakyAbs : public ff::LayerImpl {
 public:
  explicit LeakyAbs(double slope) : slope_(slope) {}

  at::Tensor forward(const at::Tensor& x, ff::Pass) const override {
    return at::relu(x) + slope_ * at::relu(-x);
  }

 private:
  double slope_;
};

}  // namespace

ff::LayerKind leaky_abs() {
  return {.name = "leaky-abs",
          .fields = {{"slope", 0.5, ff::between(0, 1), "How steep it is below 0."}},
          .is_activation = true,
          .make = [](const ff::LayerOptions& options,
                     const ff::LayerPlace&) -> std::shared_ptr<ff::LayerImpl> {
            return std::make_shared<LeakyAbs>(options.get<double>("slope"));
          }};
}

}  // namespace mine
