// Optimizer kernels: the constants of a step for all parameters, then the update of a layer.
#pragma once

#include "ff/engines/gpu/kernels/read_pixels.h"
#include "ff/math/update.h"

namespace ff::gpu {

using fused::Update;
using fused::UpdateRule;

/// A parameter of several networks, consecutive in memory, and its optimizer's moments in the same
/// layout; null if the optimizer has none.
template <class T>
struct Learned {
  T* value = nullptr;
  T* first = nullptr;
  T* second = nullptr;
  bool learns = false;

  /// Updates one entry (ff/math/update.h); returns its new value.
  FF_HD T step(const Update<T>& update, std::int64_t i, T grad) const {
    T none = 0;
    if (update.adam) {
      return fused::portable::step<true>(update, value[i], grad, first[i], second[i]);
    }
    if (first) return fused::portable::step<false>(update, value[i], grad, first[i], none);
    T unused = 0;
    return fused::portable::step<false>(update, value[i], grad, unused, none);
  }
};

/// Advances to the next batch, and computes the constants of the next step of `count` parameters,
/// including Adam's bias corrections. One block.
template <class T, class X>
struct BeginStep {
  static constexpr const char* name = "begin step";

  Cursor* cursor;
  const UpdateRule* rules;  // (count)
  std::int64_t* steps;      // (count)
  Update<T>* updates;       // (count)
  std::int64_t count;

  std::int64_t blocks() const { return 1; }

  FF_HD void operator()(const Block& block) const {
    block.each([&](int t) {
      for (std::int64_t i = t; i < count; i += kThreads) {
        updates[i] = fused::update_of<T>(rules[i], ++steps[i]);
      }
      if (t == 0) ++cursor->batch;
    });
  }
};

/// Update of a layer of `networks` networks. Some blocks update the weights; some the biases, whose
/// gradient is the column sum of dz; and one per network, if `step_log` is set, the threshold,
/// whose gradient is -sum of row_grad, and records the mean loss.
template <class T, class X>
struct UpdateLayer {
  static constexpr const char* name = "optimizer";
  static constexpr std::int64_t kEntries = 4 * kThreads;  // weights per block

  const T* gradient;         // (networks, size), of the weights
  const X* dz;               // (networks, rows, width)
  const T* row_loss;         // (networks, rows)
  const T* row_grad;         // (networks, rows); null if no threshold is trained
  const Update<T>* updates;  // (networks, 3): weight, bias, threshold
  Learned<T> weight, bias, threshold;
  X* weight_copy;  // (networks, size), operands of the products; null if X is T
  const Cursor* cursor;
  double* step_log;  // (batches, networks, step_log_stride): loss, threshold; null: none
  std::int64_t networks, rows, width, size, step_log_stride;  // width 0: no biases

  FF_HD std::int64_t weight_blocks() const { return (size + kEntries - 1) / kEntries; }
  FF_HD std::int64_t bias_blocks() const { return (width + kColumns - 1) / kColumns; }
  FF_HD std::int64_t blocks_each() const {
    return weight_blocks() + bias_blocks() + (step_log ? 1 : 0);
  }
  std::int64_t blocks() const { return networks * blocks_each(); }

  FF_HD void operator()(const Block& block) const {
    const auto network = block.index / blocks_each();
    const auto place = block.index % blocks_each();
    if (place < weight_blocks()) {
      step_weights(block, network, place * kEntries);
    } else if (place < weight_blocks() + bias_blocks()) {
      step_biases(block, network, (place - weight_blocks()) * kColumns);
    } else {
      step_threshold(block, network);
    }
  }

 private:
  FF_HD void step_weights(const Block& block, std::int64_t network, std::int64_t begin) const {
    const auto update = updates[3 * network];
    block.each([&](int t) {
      for (int part = 0; part < 4; ++part) {
        const auto entry = begin + part * kThreads + t;
        if (entry >= size) return;
        const auto i = network * size + entry;
        const T value = weight.step(update, i, gradient[i]);
        if (weight_copy) weight_copy[i] = static_cast<X>(value);
      }
    });
  }

  FF_HD void step_biases(const Block& block, std::int64_t network, std::int64_t begin) const {
    const auto value = [&](std::int64_t r, std::int64_t j) {
      return static_cast<T>(dz[(network * rows + r) * width + j]);
    };
    sum_columns<T>(block, begin, width, rows, value, [&](std::int64_t j, T grad) {
      bias.step(updates[3 * network + 1], network * width + j, grad);
    });
  }

  FF_HD void step_threshold(const Block& block, std::int64_t network) const {
    FF_SHARED(double, memory, kSumMemory);
    const double loss = sum_of_rows(block, network, row_loss, memory);
    const double grad = threshold.learns ? sum_of_rows(block, network, row_grad, memory) : 0;
    block.each([&](int t) {
      if (t > 0) return;
      if (threshold.learns) {
        threshold.step(updates[3 * network + 2], network, static_cast<T>(-grad));
      }
      double* record = step_log + (cursor->batch * networks + network) * step_log_stride;
      record[0] = loss / static_cast<double>(rows);
      record[1] = threshold.value ? static_cast<double>(threshold.value[network]) : 0;
    });
  }

  FF_HD double sum_of_rows(const Block& block,
                           std::int64_t network,
                           const T* of_row,
                           double* memory) const {
    PerThread<double> sums;
    block.each([&](int t) {
      double sum = 0;
      for (std::int64_t r = t; r < rows; r += kThreads) {
        sum += static_cast<double>(of_row[network * rows + r]);
      }
      sums[t] = sum;
    });
    return block_sum(block, sums, memory);
  }
};

}  // namespace ff::gpu
