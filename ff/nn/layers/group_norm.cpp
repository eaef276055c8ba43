#include "ff/nn/layers/group_norm.h"

#include <stdexcept>

#include "ff/nn/layers/sample_norm.h"

namespace ff {
namespace {

Shape grouped(const LayerOptions& options, const Shape& input) {
  const auto groups = options.get<std::int64_t>("groups");
  if (input.channels % groups != 0) {
    throw std::invalid_argument("groups " + std::to_string(groups) + " does not divide the " +
                                std::to_string(input.channels) +
                                " channels of its input; allowed: a divisor of " +
                                std::to_string(input.channels));
  }
  refuse_single_value(input.features() / groups, "group");
  return input;
}

}  // namespace

LayerKind group_norm_layer() {
  return {.name = "group-norm",
          .fields = sample_norm_fields(
              "Whether a scale and shift per channel are learned.",
              {{"groups",
                1,
                required(between(1, 1e5)),
                "Groups of consecutive channels, each normalised to mean 0 and variance 1 over "
                "its channels and positions."}}),
          .output = grouped,
          .make = [](const LayerOptions& options,
                     const LayerPlace& place) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<GroupNormImpl>(options.get<std::int64_t>("groups"),
                                                   place.input.channels,
                                                   options.affine,
                                                   options.get<double>("epsilon"));
          },
          .list = "norms"};
}

}  // namespace ff
