// Times a training step of local2d (output, gradients of weights and biases; below another layer
// also of the input) against unfold and a batched product through autograd, on a CPU.
//
//   cmake --build build --target ff_bench_local2d && build/ff_bench_local2d [threads] [rounds]
//
// The ways take turns in each round, after one warm-up round; reported are medians in milliseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <torch/csrc/autograd/autograd.h>

#include "ff/nn/layers/local_product.h"

namespace {

struct Work {
  const char* name;
  std::int64_t samples, channels, side, kernel, stride, padding, out;
};

const std::vector<Work> kWork = {
    {"Hinton's CIFAR-10: 32x32x3, 11x11, 3 units", 100, 3, 32, 11, 1, 5, 3},
    {"Hinton's MNIST, layer 1: 28x28, 10x10 stride 6, 128 units", 100, 1, 28, 10, 6, 0, 128},
    {"Hinton's MNIST, layer 2: 4x4x128, 2x2, 220 units", 100, 128, 4, 2, 1, 0, 220},
    {"Hinton's MNIST, layer 3: 3x3x220, 2x2, 512 units", 100, 220, 3, 2, 1, 0, 512},
    {"28x28, 7x7 stride 7, 8 units", 128, 1, 28, 7, 7, 0, 8},
    {"28x28, 5x5, 8 units", 128, 1, 28, 5, 1, 2, 8},
    {"16x16x8, 3x3, 16 units", 128, 8, 16, 3, 1, 1, 16},
    {"16x16x16, 3x3, 32 units", 128, 16, 16, 3, 1, 1, 32},
    {"8x8x64, 3x3, 64 units", 128, 64, 8, 3, 1, 1, 64},
};

ff::LocalWindows windows_of(const Work& work) {
  const auto side = work.side + 2 * work.padding;
  return {work.samples, work.channels, side, side, work.kernel, work.stride, work.out};
}

// The usual formulation: columns of all windows, one product per position, weight (P, K, O).
at::Tensor unfolded(const ff::LocalWindows& windows,
                    const at::Tensor& x,
                    const at::Tensor& weight,
                    const at::Tensor& bias) {
  const auto k = windows.kernel, s = windows.stride;
  const auto columns = at::im2col(x, {k, k}, {1, 1}, {0, 0}, {s, s});  // (N, K, P)
  const auto y = at::baddbmm(bias, columns.permute({2, 0, 1}), weight);
  return y.permute({1, 2, 0}).reshape(
      {windows.samples, windows.out, windows.rows(), windows.columns()});
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Returns medians of the times of each way, taken in turns.
std::vector<double> times_of(const std::vector<std::function<at::Tensor()>>& ways, int rounds) {
  std::vector<std::vector<double>> times(ways.size());
  for (int round = -1; round < rounds; ++round) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
      const auto begin = std::chrono::steady_clock::now();
      ways[i]();
      const std::chrono::duration<double, std::milli> taken =
          std::chrono::steady_clock::now() - begin;
      if (round >= 0) times[i].push_back(taken.count());
    }
  }
  std::vector<double> medians;
  for (const auto& one : times) medians.push_back(median(one));
  return medians;
}

void measure(const Work& work, bool wants_x, int rounds) {
  const auto windows = windows_of(work);
  const auto positions = windows.positions(), units = positions * windows.out;
  const auto x = at::randn({work.samples, work.channels, windows.height, windows.width})
                     .requires_grad_(wants_x);
  const auto weight =
      at::randn({units, windows.kernel, windows.kernel, windows.channels}).requires_grad_();
  const auto matrices = at::randn({positions, windows.taps(), windows.out}).requires_grad_();
  const auto bias = at::randn({units}).requires_grad_();
  const auto rows = bias.detach().view({positions, 1, windows.out}).clone().requires_grad_();
  const auto delta = at::randn({work.samples, windows.out, windows.rows(), windows.columns()});
  const auto step = [&](const at::Tensor& y, const at::Tensor& w, const at::Tensor& b) {
    auto inputs = std::vector<at::Tensor>{w, b};
    if (wants_x) inputs.push_back(x);
    return torch::autograd::grad({y}, inputs, {delta})[0];
  };
  const auto local = [&](const ff::LocalProduct& product) {
    return step(ff::apply_local_product(product, windows, x, weight, bias), weight, bias);
  };
  const auto medians =
      times_of({[&] { return step(unfolded(windows, x, matrices, rows), matrices, rows); },
                [&] { return local(ff::batched_local_product()); },
                [&] { return local(ff::direct_local_product()); },
                [&] { return local(ff::local_product(windows, x)); }},
               rounds);
  std::printf("| %s%s | %.2f | %.2f | %.2f | %.2f | %.1f |\n",
              work.name,
              wants_x ? ", with the input's gradient" : "",
              medians[0],
              medians[1],
              medians[2],
              medians[3],
              medians[0] / medians[3]);
}

}  // namespace

int main(int argc, char** argv) {
  at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 2);
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 21;
  at::manual_seed(0);
  std::printf(
      "%d threads, float32, milliseconds, medians of %d rounds\n\n", at::get_num_threads(), rounds);
  std::printf("| layer | unfold, bmm, autograd | batched | direct | local2d | times as fast |\n");
  std::printf("|---|---|---|---|---|---|\n");
  for (const auto& work : kWork) {
    for (const bool wants_x : {false, true}) measure(work, wants_x, rounds);
  }
}
