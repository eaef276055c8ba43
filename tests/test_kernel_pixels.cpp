// Kernels that select and read batches, on the host or on a GPU, compared with image sets and
// overlays.
#include <ATen/Functions.h>

#include "ff/data/image_set.h"
#include "ff/data/label_overlay.h"
#include "ff/engines/gpu/kernel.h"
#include "ff/engines/gpu/memory.h"
#include "ff/nn/normalize.h"
#include "tests/close.h"
#include "tests/kernel_bench.h"

using ff::gpu::pointer;
using ff::test::AllClose;
using ff::test::data;
using ff::test::KernelBench;
using ff::test::kRowEpsilon;
using ff::test::scale_of;

namespace {

// Two-channel images with more pixels than a block has threads, and labels of three classes.
ff::ImageSet coloured_images(std::int64_t count) {
  at::manual_seed(4);
  return {at::randint(0, 256, {count, 2, 13, 17}, at::TensorOptions(at::kByte)),
          at::randint(0, 3, {count}, at::kLong),
          3,
          {{0.4, 0.6}, {0.3, 0.2}}};
}

// The same images as normalised floats.
ff::ImageSet coloured_floats(std::int64_t count) {
  const auto bytes = coloured_images(count);
  return {bytes.images.to(at::kFloat).div(255), bytes.labels, 3, {{0.4, 0.6}, {0.3, 0.2}}};
}

struct PixelCase {
  const KernelBench& bench;
  ff::ImageSet images = coloured_images(40);
  std::int64_t networks = 2, streams = 2, batch = 7, rows = 14;
  at::Tensor wrong = at::randint(0, 3, {2, 40}, at::kLong);
  at::Tensor values = at::tensor({1.5, -2.5}, at::kDouble);
  at::Tensor order = at::stack({at::randperm(40, at::kLong),
                                at::randperm(40, at::kLong),
                                at::randperm(40, at::kLong),
                                at::randperm(40, at::kLong)});
  // On the device of the kernels:
  ff::ImageSet device_images = images.to(bench.place());
  at::Tensor device_wrong = bench.put(wrong), device_values = bench.put(values);
  at::Tensor device_order = bench.put(order);
  at::Tensor cursor = bench.put(at::tensor({std::int64_t{2}}, at::kLong));
  at::Tensor x = bench.put_zeros({2, 14, 2 * 13 * 17});

  ff::gpu::ReadPixels<double, double> kernel(const std::string& normalize) const {
    const bool floats = device_images.floats();
    return {.images = floats ? nullptr : pointer<std::uint8_t>(device_images.images),
            .floats = floats ? pointer<float>(device_images.images) : nullptr,
            .table = pointer<float>(device_images.table),
            .labels = pointer<std::int64_t>(device_images.labels),
            .wrong_labels = pointer<std::int64_t>(device_wrong),
            .label_values = data(device_values),
            .order = pointer<std::int64_t>(device_order),
            .cursor = pointer<ff::gpu::Cursor>(cursor),
            .moves = nullptr,
            .x = data(x),
            .networks = networks,
            .rows = rows,
            .positives = rows / 2,
            .batch_size = batch,
            .image_count = 40,
            .streams = streams,
            .first = 0,
            .pixels = 2 * 13 * 17,
            .plane = 13 * 17,
            .classes = 3,
            .width = 17,
            .unlabelled = false,
            .neutral = 0,
            .scale = scale_of(normalize)};
  }

  // Reference computation of the same samples.
  at::Tensor want(std::int64_t network,
                  bool positive,
                  const at::Tensor& indices,
                  const std::string& normalize) const {
    auto rows_of = images.rows(indices).to(at::kDouble);
    const ff::LabelOverlay overlay(3, 17, values[network].item<double>(), 0);
    const auto& labels = positive ? images.labels : wrong[network];
    overlay.write_(rows_of, labels.index_select(0, indices));
    return ff::find_length_normalization(normalize).apply(rows_of, kRowEpsilon);
  }
};

}  // namespace

FF_BENCH_TEST("kernel: a batch is picked, labelled and normalised as image sets and overlays do it",
              "[kernels]") {
  const auto which = GENERATE(0, 1);
  for (const auto* normalize : {"l2", "rms", "none"}) {
    PixelCase c{bench, which == 0 ? coloured_images(40) : coloured_floats(40)};
    bench.run(c.kernel(normalize), {c.x});
    for (std::int64_t n = 0; n < c.networks; ++n) {
      const auto pos = c.order[2 * n].narrow(0, 14, 7), neg = c.order[2 * n + 1].narrow(0, 14, 7);
      CHECK_THAT(c.x[n].narrow(0, 0, 7), AllClose(c.want(n, true, pos, normalize), 1e-12, 1e-14));
      CHECK_THAT(c.x[n].narrow(0, 7, 7), AllClose(c.want(n, false, neg, normalize), 1e-12, 1e-14));
    }
  }
}

FF_BENCH_TEST("kernel: negatives follow the positives' order where there is one stream",
              "[kernels]") {
  PixelCase c{bench};
  c.streams = 1;
  bench.run(c.kernel("l2"), {c.x});
  const auto indices = c.order[1].narrow(0, 14, 7);  // the only order of the second network
  CHECK_THAT(c.x[1].narrow(0, 7, 7), AllClose(c.want(1, false, indices, "l2"), 1e-12, 1e-14));
}

FF_BENCH_TEST("kernel: without an order, images come one after the other with one kind of label",
              "[kernels]") {
  PixelCase c{bench};
  const auto indices = at::arange(9, 23, at::kLong);
  for (const bool positive : {true, false}) {
    auto kernel = c.kernel("l2");
    kernel.order = nullptr;
    kernel.cursor = nullptr;
    kernel.first = 9;
    kernel.positives = positive ? 14 : 0;
    bench.run(kernel, {c.x});
    for (std::int64_t n = 0; n < 2; ++n) {
      CHECK_THAT(c.x[n], AllClose(c.want(n, positive, indices, "l2"), 1e-12, 1e-14));
    }
  }
}

FF_BENCH_TEST("kernel: images are moved as sets of images move them, and may carry no label",
              "[kernels]") {
  const auto which = GENERATE(0, 1);
  PixelCase c{bench, which == 0 ? coloured_images(40) : coloured_floats(40)};
  const auto moves = at::randint(-20, 21, {4, 40, 3}, at::kLong);  // some shifts leave no pixels
  const auto mirrored = moves.select(2, 2) > 0;
  moves.select(2, 2).copy_(mirrored);
  const auto device_moves = bench.put(moves.to(at::kShort).contiguous());
  for (const bool unlabelled : {false, true}) {
    auto kernel = c.kernel("rms");
    kernel.moves = pointer<ff::gpu::Move>(device_moves);
    kernel.unlabelled = unlabelled;
    kernel.neutral = 0.7;
    bench.run(kernel, {c.x});
    for (std::int64_t n = 0; n < 2; ++n) {
      for (std::int64_t half = 0; half < 2; ++half) {
        const auto stream = 2 * n + half;
        const auto indices = c.order[stream].narrow(0, 14, 7);
        const ff::Moves by = {moves[stream].narrow(0, 14, 7).narrow(1, 0, 2),
                              mirrored[stream].narrow(0, 14, 7)};
        auto want = c.images.rows(indices, {by.offsets.contiguous(), by.flips.contiguous()})
                        .to(at::kDouble);
        const ff::LabelOverlay overlay(3, 17, c.values[n].item<double>(), 0.7);
        if (unlabelled) {
          overlay.write_neutral_(want);
        } else {
          const auto& labels = half == 0 ? c.images.labels : c.wrong[n];
          overlay.write_(want, labels.index_select(0, indices));
        }
        want = ff::find_length_normalization("rms").apply(want, kRowEpsilon);
        CHECK_THAT(c.x[n].narrow(0, 7 * half, 7), AllClose(want, 1e-12, 1e-14));
      }
    }
  }
}

FF_BENCH_TEST("kernel: kept rows are gathered by the same order", "[kernels]") {
  PixelCase c{bench};
  const auto kept = at::randn({2, 2, 40, 300}, at::kDouble), device_kept = bench.put(kept);
  const auto x = bench.put_zeros({2, 14, 300});
  const ff::gpu::GatherRows<double, double> kernel = {
      .kept = data(device_kept),
      .order = pointer<std::int64_t>(c.device_order),
      .cursor = pointer<ff::gpu::Cursor>(c.cursor),
      .x = data(x),
      .networks = 2,
      .rows = 14,
      .positives = 7,
      .batch_size = 7,
      .image_count = 40,
      .streams = 2,
      .width = 300};
  bench.run(kernel, {x});
  for (std::int64_t n = 0; n < 2; ++n) {
    for (std::int64_t half = 0; half < 2; ++half) {
      const auto indices = c.order[2 * n + half].narrow(0, 14, 7);
      CHECK(at::equal(x[n].narrow(0, 7 * half, 7).cpu(), kept[n][half].index_select(0, indices)));
    }
  }
}
