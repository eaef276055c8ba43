#include "ff/nn/layers/batch_norm.h"

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

namespace ff {

BatchNormImpl::BatchNormImpl(std::int64_t channels, bool affine) {
  if (affine) {
    weight = register_parameter("weight", at::ones({channels}));
    bias = register_parameter("bias", at::zeros({channels}));
  }
  running_mean = register_buffer("running_mean", at::zeros({channels}));
  running_var = register_buffer("running_var", at::ones({channels}));
}

at::Tensor BatchNormImpl::forward(const at::Tensor& x, Pass pass) const {
  TORCH_CHECK(pass == Pass::kEvaluate || x.numel() > x.size(1),
              "BatchNorm: expected more than 1 value per channel when training, got input size ",
              x.sizes());
  const bool running = pass != Pass::kProbe;  // else batch statistics, no update
  return at::batch_norm(x,
                        weight,
                        bias,
                        running ? running_mean : at::Tensor(),
                        running ? running_var : at::Tensor(),
                        /*training=*/pass != Pass::kEvaluate,
                        /*momentum=*/0.1,
                        /*eps=*/1e-5,
                        /*cudnn_enabled=*/true);
}

LayerKind batch_norm_layer() {
  return {
      .name = "batch-norm",
      .fields = {{"affine", &LayerOptions::affine, any(), "Whether scale and shift are learned."}},
      .make = [](const LayerOptions& options,
                 const LayerPlace& place) -> std::shared_ptr<LayerImpl> {
        return std::make_shared<BatchNormImpl>(place.input.channels, options.affine);
      },
      .list = "norms"};
}

}  // namespace ff
