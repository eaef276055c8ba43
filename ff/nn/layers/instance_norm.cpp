#include "ff/nn/layers/instance_norm.h"

#include "ff/nn/layers/sample_norm.h"

namespace ff {

LayerKind instance_norm_layer() {
  return {.name = "instance-norm",
          .fields = sample_norm_fields("Whether a scale and shift per channel are learned."),
          .needs_image = true,
          .output =
              [](const LayerOptions&, const Shape& input) {
                refuse_single_value(input.height * input.width, "channel");
                return input;
              },
          .make = [](const LayerOptions& options,
                     const LayerPlace& place) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<GroupNormImpl>(place.input.channels,
                                                   place.input.channels,
                                                   options.affine,
                                                   options.get<double>("epsilon"));
          },
          .list = "norms"};
}

}  // namespace ff
