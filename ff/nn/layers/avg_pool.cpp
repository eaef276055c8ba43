#include "ff/nn/layers/avg_pool.h"

#include <ATen/Functions.h>

#include "ff/nn/layers/pooling.h"

namespace ff {
namespace {

class AvgPoolImpl : public LayerImpl {
 public:
  explicit AvgPoolImpl(const LayerOptions& options) : window_(options) {}

  /// Maps (N, C, H, W) to (N, C, H', W').
  at::Tensor forward(const at::Tensor& x, Pass) const override {
    return at::avg_pool2d(x, window_.kernel, window_.stride, window_.padding);
  }

 private:
  PoolingWindow window_;
};

}  // namespace

LayerKind avg_pool_layer() {
  return {.name = "avg-pool",
          .fields = pooling_fields("Pixels of value 0 added on each side, which count."),
          .needs_image = true,
          .output = pooled_shape,
          .make = [](const LayerOptions& options, const LayerPlace&) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<AvgPoolImpl>(options);
          }};
}

}  // namespace ff
