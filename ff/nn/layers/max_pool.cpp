#include "ff/nn/layers/max_pool.h"

#include <ATen/Functions.h>

#include "ff/nn/layers/kernel_positions.h"

namespace ff {
namespace {

class MaxPoolImpl : public LayerImpl {
 public:
  explicit MaxPoolImpl(std::int64_t kernel) : kernel_(kernel) {}

  /// Maps (N, C, H, W) to (N, C, floor(H / kernel), floor(W / kernel)).
  at::Tensor forward(const at::Tensor& x, Pass) const override {
    return at::max_pool2d(x, kernel_);
  }

 private:
  std::int64_t kernel_;
};

}  // namespace

LayerKind max_pool_layer() {
  return {.name = "max-pool",
          .fields = {{"kernel",
                      &LayerOptions::kernel,
                      required(between(1, 1e3)),
                      "Window height and width in pixels."}},
          .needs_image = true,
          .output =
              [](const LayerOptions& options, const Shape& input) {
                return Shape{input.channels,
                             kernel_positions(input.height, options, options.kernel),
                             kernel_positions(input.width, options, options.kernel)};
              },
          .make = [](const LayerOptions& options, const LayerPlace&) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<MaxPoolImpl>(options.kernel);
          }};
}

}  // namespace ff
