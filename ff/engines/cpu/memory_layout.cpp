#include "ff/engines/cpu/memory_layout.h"

#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace ff::fused {
namespace {

// Requests huge pages (madvise MADV_HUGEPAGE): a sparse product accesses the weight's rows in no
// regular order, and the TLB holds too few 4 KiB pages. Must precede the first write (first touch).
void prefer_large_pages([[maybe_unused]] const at::Tensor& fresh) {
#ifdef MADV_HUGEPAGE
  constexpr std::uintptr_t kPage = 1 << 21;
  const auto begin = reinterpret_cast<std::uintptr_t>(fresh.mutable_data_ptr());
  const auto first = (begin + kPage - 1) / kPage * kPage;
  const auto last = (begin + fresh.nbytes()) / kPage * kPage;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
}

}  // namespace

void transpose_memory(const at::Tensor& matrix) {
  at::NoGradGuard no_grad;
  if (matrix.t().is_contiguous()) return;
  const auto moved = at::empty({matrix.size(1), matrix.size(0)}, matrix.options());
  prefer_large_pages(moved);
  moved.copy_(matrix.detach().t());
  auto same = matrix;  // other references to the tensor see the new layout
  same.set_data(moved.t());
}

void transpose_memory(const at::Tensor& weight, const std::string& name, const TensorDict& state) {
  transpose_memory(weight);
  for (const auto& [key, tensor] : state) {
    if (key.starts_with(name + ".") && tensor.dim() == 2) transpose_memory(tensor);
  }
}

}  // namespace ff::fused
