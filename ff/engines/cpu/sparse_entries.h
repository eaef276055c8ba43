// Where rows are not zero, by row and by column.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff::fused {

/// The entries of a matrix (rows, width) that are not zero, as lists of rows or of columns. Layers
/// that train one after another may share one, which then holds the latest layer's.
template <class T>
class SparseEntries {
 public:
  /// Some of the rows, or columns, that a sum is taken over, and their weights in it.
  struct List {
    const std::int32_t* index;
    const T* value;
    std::int64_t count;
  };

  /// The lists have room for this share of a matrix's entries.
  explicit SparseEntries(double most) : most_(most) {}

  /// Counts the entries of x, which must live until the lists have been made; returns their share.
  double count(const T* x, std::int64_t rows, std::int64_t width);

  /// From here row() tells the columns of each row; only where count gave no more than there is
  /// room for.
  void list_rows();
  List row(std::int64_t r) const { return list(by_row_, r); }

  /// From here column() tells the rows of each column. By one thread.
  void list_columns();
  List column(std::int64_t k) const { return list(by_column_, k); }

 private:
  struct Lists {
    std::vector<std::int64_t> begin;  // of each list, and the end of the last
    at::Tensor index, value;          // of all lists, one after the other
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
