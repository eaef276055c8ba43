#include "ff/nn/layers/local_product.h"

#include <ATen/Functions.h>
#include <torch/csrc/autograd/custom_function.h>

namespace ff {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Returns weight (units, k, k, C) as (positions, out, taps), without a copy.
at::Tensor weight_matrices(const LocalWindows& windows, const at::Tensor& weight) {
  return weight.reshape({windows.positions(), windows.out, windows.taps()});
}

// Returns (N, out, rows, columns) as (positions, N, out).
at::Tensor by_position(const LocalWindows& windows, const at::Tensor& y) {
  return y.permute({2, 3, 0, 1}).reshape({windows.positions(), windows.samples, windows.out});
}

at::Tensor batched_forward(const LocalWindows& windows,
                           const at::Tensor& x,
                           const at::Tensor& weight,
                           const at::Tensor& bias,
                           at::Tensor& kept) {
  const auto k = windows.kernel, s = windows.stride;
  // Channels last, so that the values of a row of a window are contiguous.
  kept = x.contiguous(at::MemoryFormat::ChannelsLast)
             .unfold(/*dimension=*/2, k, s)
             .unfold(/*dimension=*/3, k, s)
             .permute({2, 3, 0, 4, 5, 1})
             .reshape({windows.positions(), windows.samples, windows.taps()});
  const auto y = at::baddbmm(bias.view({windows.positions(), 1, windows.out}),
                             kept,
                             weight_matrices(windows, weight).transpose(1, 2));
  return y.view({windows.rows(), windows.columns(), windows.samples, windows.out})
      .permute({2, 3, 0, 1})
      .contiguous();
}

// Adds the gradients of the windows to the pixels that they were read from.
at::Tensor folded(const LocalWindows& windows, const at::Tensor& of_windows) {
  const auto k = windows.kernel, s = windows.stride;
  const auto rows = windows.rows(), columns = windows.columns();
  const auto taps = of_windows.view({rows, columns, windows.samples, k, k, windows.channels})
                        .permute({3, 4, 2, 0, 1, 5});
  auto x = at::zeros({windows.samples, windows.height, windows.width, windows.channels},
                     of_windows.options());
  for (std::int64_t i = 0; i < k; ++i) {
    for (std::int64_t j = 0; j < k; ++j) {
      x.slice(/*dim=*/1, i, i + (rows - 1) * s + 1, s)
          .slice(/*dim=*/2, j, j + (columns - 1) * s + 1, s)
          .add_(taps[i][j]);
    }
  }
  return x.permute({0, 3, 1, 2});
}

LocalGradients batched_backward(const LocalWindows& windows,
                                const at::Tensor& kept,
                                const at::Tensor& weight,
                                const at::Tensor& delta,
                                bool wants_x) {
  const auto by = by_position(windows, delta);
  LocalGradients gradients;
  gradients.weight = at::bmm(by.transpose(1, 2), kept).view(weight.sizes());
  gradients.bias = by.sum(/*dim=*/1).view({-1});
  if (wants_x) {
    gradients.x = folded(windows, at::bmm(by, weight_matrices(windows, weight)));
  }
  return gradients;
}

class LocalFunction : public torch::autograd::Function<LocalFunction> {
 public:
  static at::Tensor forward(AutogradContext* context,
                            const at::Tensor& x,
                            const at::Tensor& weight,
                            const at::Tensor& bias,
                            const LocalProduct& product,
                            const LocalWindows& windows) {
    at::Tensor kept;
    auto y = product.forward(windows, x, weight, bias, kept);
    context->save_for_backward({kept, weight});
    context->saved_data["direct"] = &product == &direct_local_product();
    context->saved_data["windows"] = std::vector<std::int64_t>{windows.samples,
                                                               windows.channels,
                                                               windows.height,
                                                               windows.width,
                                                               windows.kernel,
                                                               windows.stride,
                                                               windows.out};
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list deltas) {
    const auto saved = context->get_saved_variables();
    const auto n = context->saved_data["windows"].toIntVector();
    const LocalWindows windows{n[0], n[1], n[2], n[3], n[4], n[5], n[6]};
    const auto& product =
        context->saved_data["direct"].toBool() ? direct_local_product() : batched_local_product();
    const auto found =
        product.backward(windows, saved[0], saved[1], deltas[0], context->needs_input_grad(0));
    return {found.x, found.weight, found.bias, {}, {}};
  }
};

}  // namespace

const LocalProduct& batched_local_product() {
  static const LocalProduct product{batched_forward, batched_backward};
  return product;
}

const LocalProduct& local_product(const LocalWindows& windows, const at::Tensor& x) {
  // Measured by benchmarks/local2d.cpp: gathering copies each pixel once per window that it is in,
  // which is worth it for many units per position, or for few copies.
  constexpr std::int64_t kFewUnits = 8, kManyUnits = 32, kOverlap = 4;
  const auto pixels = windows.channels * windows.height * windows.width;
  const bool overlaps = windows.positions() * windows.taps() >= kOverlap * pixels;
  const bool exact = x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble;
  const bool direct = x.is_cpu() && exact && windows.out <= (overlaps ? kManyUnits : kFewUnits);
  return direct ? direct_local_product() : batched_local_product();
}

at::Tensor apply_local_product(const LocalProduct& product,
                               const LocalWindows& windows,
                               const at::Tensor& x,
                               const at::Tensor& weight,
                               const at::Tensor& bias) {
  return LocalFunction::apply(x, weight, bias, product, windows);
}

}  // namespace ff
