// Preallocated buffers that are reused in every step.
#pragma once

#include <map>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/core/Tensor.h>

namespace ff::fused {

/// A buffer for a matrix (rows, width) of which the first rows are used. Views are cached, because
/// creating one allocates.
template <class T>
class RowBuffer {
 public:
  RowBuffer() = default;
  RowBuffer(std::int64_t rows, std::int64_t width)
      : RowBuffer(at::empty({rows * width}, c10::CppTypeToScalarType<T>::value), rows, width) {}

  /// In memory shared with other buffers, of at least rows * width entries.
  RowBuffer(const at::Tensor& memory, std::int64_t rows, std::int64_t width)
      : whole_(memory.narrow(/*dim=*/0, 0, rows * width).view({rows, width})), width_(width) {}

  struct View {
    at::Tensor rows;        // (count, width)
    at::Tensor transposed;  // (width, count)
  };

  const View& first(std::int64_t count) {
    auto& view = views_[count];
    if (!view.rows.defined()) {
      view.rows = whole_.narrow(/*dim=*/0, 0, count);
      view.transposed = view.rows.t();
    }
    return view;
  }

  /// Returns rows [begin, begin + count).
  at::Tensor range(std::int64_t begin, std::int64_t count) const {
    return whole_.narrow(/*dim=*/0, begin, count);
  }

  T* row(std::int64_t r) { return whole_.template mutable_data_ptr<T>() + r * width_; }
  std::int64_t width() const { return width_; }
  std::int64_t rows() const { return whole_.defined() ? whole_.size(0) : 0; }

 private:
  at::Tensor whole_;
  std::int64_t width_ = 0;
  std::map<std::int64_t, View> views_;
};

/// Per-thread partial sums of a parallel reduction.
template <class T>
class ThreadSums {
 public:
  ThreadSums() = default;
  ThreadSums(std::int64_t threads, std::int64_t width)
      : sums_(threads * width), threads_(threads), width_(width) {}

  void zero() { std::fill(sums_.begin(), sums_.end(), T(0)); }
  T* of(std::int64_t thread) { return sums_.data() + thread * width_; }

  /// Returns the sum over threads; overwrites the first thread's sum.
  const T* total() {
    for (std::int64_t t = 1; t < threads_; ++t) {
      for (std::int64_t j = 0; j < width_; ++j) sums_[j] += sums_[t * width_ + j];
    }
    return sums_.data();
  }

 private:
  std::vector<T> sums_;
  std::int64_t threads_ = 0;
  std::int64_t width_ = 0;
};

}  // namespace ff::fused
