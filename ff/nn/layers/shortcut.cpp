#include "ff/nn/layers/shortcut.h"

#include <stdexcept>
#include <string>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

namespace ff {
namespace {

std::string text_of(const Shape& shape) {
  return std::to_string(shape.channels) + "x" + std::to_string(shape.height) + "x" +
         std::to_string(shape.width);
}

// Index of the block whose input is read, among those of `place.blocks`.
std::size_t origin(const LayerOptions& options, const LayerPlace& place) {
  const auto from = options.get<std::int64_t>("from");
  const auto blocks = static_cast<std::int64_t>(place.blocks.size());
  if (from > blocks) {
    throw std::invalid_argument("from " + std::to_string(from) +
                                " is before the first block within reach; allowed: 1 to " +
                                std::to_string(blocks));
  }
  return static_cast<std::size_t>(blocks - from);
}

// Returns the factor by which `from` is reduced to the size of `to`: along each axis, every
// factor-th pixel, or the mean of `factor` pixels.
std::int64_t reduction(const Shape& from, const Shape& to, const std::string& shrink) {
  const auto factor = (from.height + to.height - 1) / to.height;
  const auto reduced = [&](std::int64_t size) {
    return shrink == "mean" ? size / factor : (size + factor - 1) / factor;
  };
  if (reduced(from.height) == to.height && reduced(from.width) == to.width) return factor;
  throw std::invalid_argument("the input of the block, " + text_of(from) +
                              ", cannot be reduced to " + text_of(to) +
                              " by a whole number of pixels; allowed: a size that divides it");
}

Shape joined_shape(const LayerOptions& options, const LayerPlace& place) {
  const auto& from = place.blocks[origin(options, place)];
  auto shape = place.input;
  reduction(from, shape, options.get<std::string>("shrink"));
  if (options.get<std::string>("join") == "concat") {
    shape.channels += from.channels;
  } else if (from.channels > shape.channels) {
    throw std::invalid_argument("the input of the block has " + std::to_string(from.channels) +
                                " channels, more than the " + std::to_string(shape.channels) +
                                " that it is added to; use join concat, or at most " +
                                std::to_string(shape.channels));
  }
  return shape;
}

class ShortcutImpl : public LayerImpl {
 public:
  ShortcutImpl(const LayerOptions& options, const LayerPlace& place)
      : origin_(origin(options, place)),
        from_(place.blocks[origin_]),
        to_(place.input),
        by_mean_(options.get<std::string>("shrink") == "mean"),
        concat_(options.get<std::string>("join") == "concat"),
        factor_(reduction(from_, to_, options.get<std::string>("shrink"))) {}

  at::Tensor forward(const at::Tensor&, Pass) const override {
    TORCH_CHECK(false, "shortcut: needs the inputs of the blocks; call join");
  }

  /// Maps (N, C) or (N, C, H, W) to (N, C') or (N, C', H, W).
  at::Tensor join(const at::Tensor& x, const BlockInputs& inputs, Pass) const override {
    TORCH_CHECK(origin_ < inputs.size() && inputs[origin_].defined(),
                "shortcut: the input of block ",
                origin_,
                " was not given");
    const auto image = x.view({x.size(0), to_.channels, to_.height, to_.width});
    const auto bypass =
        reduced(inputs[origin_].reshape({x.size(0), from_.channels, from_.height, from_.width}));
    const auto y = concat_ ? at::cat({image, bypass}, /*dim=*/1) : image + widened(bypass);
    return x.dim() == 2 ? y.flatten(1) : y;
  }

 private:
  at::Tensor reduced(const at::Tensor& image) const {
    if (factor_ == 1) return image;
    if (by_mean_) return at::avg_pool2d(image, factor_);
    return image.slice(/*dim=*/2, {}, {}, factor_).slice(/*dim=*/3, {}, {}, factor_);
  }

  at::Tensor widened(const at::Tensor& image) const {
    const auto missing = to_.channels - from_.channels;
    if (missing == 0) return image;
    return at::constant_pad_nd(image, {0, 0, 0, 0, missing / 2, missing - missing / 2});
  }

  std::size_t origin_;
  Shape from_, to_;
  bool by_mean_, concat_;
  std::int64_t factor_;
};

}  // namespace

LayerKind shortcut_layer() {
  return {.name = "shortcut",
          .fields = {{"from",
                      1,
                      between(1, 1e3),
                      "The block whose input is joined: 1, the block that the shortcut is in; 2, "
                      "the one before it; and so on."},
                     {"join",
                      "add",
                      one_of({"add", "concat"}),
                      "add: the sum, with 0 for missing channels; concat: appended as further "
                      "channels."},
                     {"shrink",
                      "stride",
                      one_of({"stride", "mean"}),
                      "How a larger image is reduced: stride, every n-th pixel of each axis; mean, "
                      "the mean of n x n pixels."}},
          .make = [](const LayerOptions& options,
                     const LayerPlace& place) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<ShortcutImpl>(options, place);
          },
          .joined = joined_shape};
}

}  // namespace ff
