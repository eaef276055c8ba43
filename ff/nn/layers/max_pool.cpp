#include "ff/nn/layers/max_pool.h"

#include <ATen/Functions.h>

#include "ff/nn/layers/pooling.h"

namespace ff {
namespace {

class MaxPoolImpl : public LayerImpl {
 public:
  explicit MaxPoolImpl(const LayerOptions& options) : window_(options) {}

  /// Maps (N, C, H, W) to (N, C, H', W').
  at::Tensor forward(const at::Tensor& x, Pass) const override {
    return at::max_pool2d(x, window_.kernel, window_.stride, window_.padding);
  }

 private:
  PoolingWindow window_;
};

}  // namespace

LayerKind max_pool_layer() {
  return {.name = "max-pool",
          .fields = pooling_fields("Pixels added on each side, which are never the maximum."),
          .needs_image = true,
          .output = pooled_shape,
          .make = [](const LayerOptions& options, const LayerPlace&) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<MaxPoolImpl>(options);
          }};
}

}  // namespace ff
