#include "ff/engines/cpu/sparse_entries.h"

#include <numeric>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include "ff/engines/cpu/kernels/kernels.h"

namespace ff::fused {
namespace {

constexpr std::int64_t kRowGrain = 8;

}  // namespace

template <class T>
typename SparseEntries<T>::List SparseEntries<T>::list(const Lists& lists, std::int64_t i) {
  const auto begin = lists.begin[i];
  return {lists.index.template const_data_ptr<std::int32_t>() + begin,
          lists.value.template const_data_ptr<T>() + begin,
          lists.begin[i + 1] - begin};
}

// Allocates for the maximum density, so that later steps do not allocate.
template <class T>
void SparseEntries<T>::make_room(Lists& lists) const {
  const auto room = static_cast<std::int64_t>(most_ * static_cast<double>(rows_ * width_)) + 1;
  TORCH_CHECK(by_row_.begin[rows_] <= room, "fused: more entries than the lists are to hold");
  if (lists.index.defined() && lists.index.numel() >= room) return;
  lists.index = at::empty({room}, at::kInt);
  lists.value = at::empty({room}, c10::CppTypeToScalarType<T>::value);
}

template <class T>
double SparseEntries<T>::count(const T* x, std::int64_t rows, std::int64_t width) {
  x_ = x;
  rows_ = rows;
  width_ = width;
  rows_listed_ = false;
  auto& begin = by_row_.begin;
  begin.assign(rows + 1, 0);
  at::parallel_for(0, rows, kRowGrain, [&](std::int64_t from, std::int64_t to) {
    for (auto r = from; r < to; ++r)
      begin[r + 1] = kernels<T>().count_entries(x + r * width, width);
  });
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  return static_cast<double>(begin[rows]) / static_cast<double>(rows * width);
}

template <class T>
void SparseEntries<T>::list_rows() {
  if (rows_listed_) return;
  rows_listed_ = true;
  make_room(by_row_);
  auto* index = by_row_.index.template mutable_data_ptr<std::int32_t>();
  auto* value = by_row_.value.template mutable_data_ptr<T>();
  at::parallel_for(0, rows_, kRowGrain, [&](std::int64_t from, std::int64_t to) {
    for (auto r = from; r < to; ++r) {
      const auto begin = by_row_.begin[r];
      kernels<T>().find_entries(
          x_ + r * width_, width_, by_row_.begin[r + 1] - begin, index + begin, value + begin);
    }
  });
}

template <class T>
void SparseEntries<T>::list_columns() {
  list_rows();
  make_room(by_column_);
  auto& begin = by_column_.begin;
  begin.assign(width_ + 2, 0);
  const auto* columns = by_row_.index.template const_data_ptr<std::int32_t>();
  const auto* values = by_row_.value.template const_data_ptr<T>();
  const auto entries = by_row_.begin[rows_];
  for (std::int64_t i = 0; i < entries; ++i) ++begin[columns[i] + 2];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  auto* index = by_column_.index.template mutable_data_ptr<std::int32_t>();
  auto* value = by_column_.value.template mutable_data_ptr<T>();
  for (std::int64_t r = 0; r < rows_; ++r) {  // begin[k + 1]: next free entry of column k
    for (auto i = by_row_.begin[r]; i < by_row_.begin[r + 1]; ++i) {
      const auto to = begin[columns[i] + 1]++;
      index[to] = static_cast<std::int32_t>(r);
      value[to] = values[i];
    }
  }
}

template class SparseEntries<float>;
template class SparseEntries<double>;

}  // namespace ff::fused
