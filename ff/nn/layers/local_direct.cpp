// direct_local_product(): blocks of samples for local_kernels.h.
#include <algorithm>

#include <ATen/Dispatch.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include "ff/nn/layers/local_kernels.h"
#include "ff/nn/layers/local_product.h"

namespace ff {
namespace {

template <class T>
std::int64_t sample_blocks(const LocalWindows& windows) {
  return (windows.samples + kLocalLanes<T> - 1) / kLocalLanes<T>;
}

// Calls work(n, offset of sample n's lane in its block) for the samples of block `block`.
template <class T, class Work>
void for_lanes(const LocalWindows& windows, std::int64_t block, const Work& work) {
  const auto first = block * kLocalLanes<T>;
  const auto last = std::min(windows.samples, first + kLocalLanes<T>);
  for (auto n = first; n < last; ++n) work(n, n - first);
}

// Copies between (N, outer, inner) and blocks (blocks, inner, outer, lanes), in tiles, so that
// neither side is traversed with a long stride alone.
template <class T, bool kToBlocks>
void reorder(
    const LocalWindows& windows, T* plain, T* blocked, std::int64_t outer, std::int64_t inner) {
  constexpr auto kLanes = kLocalLanes<T>;
  constexpr std::int64_t kInner = 16;
  const auto chunks = (inner + kInner - 1) / kInner;
  at::parallel_for(
      0, sample_blocks<T>(windows) * chunks, /*grain_size=*/4, [&](auto begin, auto end) {
        for (auto task = begin; task < end; ++task) {
          const auto block = task / chunks, first = task % chunks * kInner;
          const auto last = std::min(inner, first + kInner);
          for (std::int64_t o = 0; o < outer; ++o) {
            for_lanes<T>(windows, block, [&](std::int64_t n, std::int64_t lane) {
              auto* row = plain + (n * outer + o) * inner;
              auto* column = blocked + (block * inner * outer + o) * kLanes + lane;
              for (auto i = first; i < last; ++i) {
                if constexpr (kToBlocks) {
                  column[i * outer * kLanes] = row[i];
                } else {
                  row[i] = column[i * outer * kLanes];
                }
              }
            });
          }
        }
      });
}

// Returns (N, outer, ...) as (blocks, inner, outer, lanes), with zeros beyond the last sample.
template <class T>
at::Tensor to_blocks(const LocalWindows& windows, const at::Tensor& plain, std::int64_t outer) {
  const auto from = plain.contiguous();
  const auto inner = from.numel() / (windows.samples * outer);
  const std::vector<std::int64_t> shape = {sample_blocks<T>(windows), inner, outer, kLocalLanes<T>};
  const bool full = windows.samples % kLocalLanes<T> == 0;
  auto blocked = full ? at::empty(shape, plain.options()) : at::zeros(shape, plain.options());
  reorder<T, true>(windows, from.data_ptr<T>(), blocked.data_ptr<T>(), outer, inner);
  return blocked;
}

// The inverse of to_blocks, into `plain`, (N, outer, ...).
template <class T>
void from_blocks(const LocalWindows& windows,
                 const at::Tensor& blocked,
                 const at::Tensor& plain,
                 std::int64_t outer) {
  const auto inner = plain.numel() / (windows.samples * outer);
  reorder<T, false>(windows, plain.data_ptr<T>(), blocked.data_ptr<T>(), outer, inner);
}

template <class T>
at::Tensor forward_of(const LocalWindows& windows,
                      const at::Tensor& images,
                      const at::Tensor& weight,
                      const at::Tensor& bias) {
  const auto blocks = sample_blocks<T>(windows);
  const auto outputs =
      at::empty({blocks, windows.positions(), windows.out, kLocalLanes<T>}, images.options());
  const auto w = weight.contiguous(), b = bias.contiguous();
  const LocalArrays<T> arrays{images.data_ptr<T>(),
                              outputs.template data_ptr<T>(),
                              w.template data_ptr<T>(),
                              b.template data_ptr<T>()};
  const auto rows = windows.rows(), columns = windows.columns();
  at::parallel_for(0, blocks * rows, /*grain_size=*/1, [&](auto begin, auto end) {
    for (auto task = begin; task < end; ++task) {
      const auto first = task % rows * columns;
      local_outputs(windows, arrays, task / rows, first, first + columns);
    }
  });
  auto y = at::empty({windows.samples, windows.out, rows, columns}, images.options());
  from_blocks<T>(windows, outputs, y, windows.out);
  return y;
}

template <class T>
LocalGradients backward_of(const LocalWindows& windows,
                           const at::Tensor& images,
                           const at::Tensor& weight,
                           const at::Tensor& delta,
                           bool wants_x) {
  const auto outputs = to_blocks<T>(windows, delta, windows.out);
  LocalGradients gradients;
  gradients.weight = at::empty_like(weight.contiguous());
  gradients.bias = at::empty({weight.size(0)}, weight.options());
  LocalArrays<T> arrays{images.data_ptr<T>(),
                        outputs.template data_ptr<T>(),
                        gradients.weight.template data_ptr<T>(),
                        gradients.bias.template data_ptr<T>()};
  at::parallel_for(0, windows.positions(), /*grain_size=*/1, [&](auto begin, auto end) {
    for (auto p = begin; p < end; ++p) local_weight_gradient(windows, arrays, p);
  });
  if (!wants_x) return gradients;
  const auto of_images = at::zeros_like(images), w = weight.contiguous();
  arrays.images = of_images.template data_ptr<T>();
  arrays.weight = w.template data_ptr<T>();
  at::parallel_for(0, sample_blocks<T>(windows), /*grain_size=*/1, [&](auto begin, auto end) {
    for (auto block = begin; block < end; ++block) local_image_gradient(windows, arrays, block);
  });
  gradients.x = at::empty({windows.samples, windows.channels, windows.height, windows.width},
                          delta.options());
  from_blocks<T>(windows, of_images, gradients.x, windows.channels);
  return gradients;
}

at::Tensor direct_forward(const LocalWindows& windows,
                          const at::Tensor& x,
                          const at::Tensor& weight,
                          const at::Tensor& bias,
                          at::Tensor& kept) {
  at::Tensor y;
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "local_product", [&] {
    kept = to_blocks<scalar_t>(windows, x, windows.channels);
    y = forward_of<scalar_t>(windows, kept, weight, bias);
  });
  return y;
}

LocalGradients direct_backward(const LocalWindows& windows,
                               const at::Tensor& kept,
                               const at::Tensor& weight,
                               const at::Tensor& delta,
                               bool wants_x) {
  LocalGradients gradients;
  AT_DISPATCH_FLOATING_TYPES(kept.scalar_type(), "local_product", [&] {
    gradients = backward_of<scalar_t>(windows, kept, weight, delta, wants_x);
  });
  return gradients;
}

}  // namespace

const LocalProduct& direct_local_product() {
  static const LocalProduct product{direct_forward, direct_backward};
  return product;
}

}  // namespace ff
