// SparseEntries: the non-zero entries of a matrix, by row (CSR) and by column (CSC).
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff::fused {

/// Lists the non-zero entries of a matrix (rows, width). May be shared by layers that train in
/// turn; it holds those of the last one.
template <class T>
class SparseEntries {
 public:
  /// The indices of one row's (or column's) non-zero entries, and their values.
  struct List {
    const std::int32_t* index;
    const T* value;
    std::int64_t count;
  };

  /// `most` is the maximum density of a matrix, for which the lists are allocated.
  explicit SparseEntries(double most) : most_(most) {}

  /// Counts the non-zero entries of x, which must stay alive until the lists are built. Returns the
  /// density.
  double count(const T* x, std::int64_t rows, std::int64_t width);

  /// Builds the lists by row. Requires a density of at most `most`; throws c10::Error otherwise.
  void list_rows();
  List row(std::int64_t r) const { return list(by_row_, r); }

  /// Builds the lists by column. Single-threaded.
  void list_columns();
  List column(std::int64_t k) const { return list(by_column_, k); }

 private:
  struct Lists {
    std::vector<std::int64_t> begin;  // offset of each list, and the end of the last
    at::Tensor index, value;          // of all lists, concatenated
  };
  static List list(const Lists& lists, std::int64_t i);
  void make_room(Lists& lists) const;

  double most_;
  const T* x_ = nullptr;
  std::int64_t rows_ = 0, width_ = 0;
  bool rows_listed_ = false;
  Lists by_row_, by_column_;
};

}  // namespace ff::fused
