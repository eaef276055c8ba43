// Memory of the engine for GPUs: tensors where the device is, as plain pointers to its kernels.
#pragma once

#include <type_traits>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/core/Tensor.h>

#include "ff/math/bfloat16.h"

namespace ff::gpu {

/// LibTorch's name for a type of numbers.
template <class T>
constexpr at::ScalarType scalar_of() {
  if constexpr (std::is_same_v<T, fused::BFloat16>) {
    return at::kBFloat16;
  } else {
    return c10::CppTypeToScalarType<T>::value;
  }
}

/// An uninitialised tensor of T, or of records of any plain type as bytes (..., sizeof T).
template <class T>
at::Tensor tensor_of(at::IntArrayRef sizes, const at::Device& place) {
  return at::empty(sizes, at::TensorOptions(scalar_of<T>()).device(place));
}

/// A copy of `values` on the device, in memory that is there.
template <class T>
void upload(const std::vector<T>& values, const at::Tensor& to) {
  const auto bytes = static_cast<std::int64_t>(values.size() * sizeof(T));
  to.copy_(at::from_blob(const_cast<T*>(values.data()), {bytes}, at::TensorOptions(at::kByte)));
}

/// Memory for `count` records of a plain type.
template <class T>
at::Tensor records_of(std::int64_t count, const at::Device& place) {
  return tensor_of<std::uint8_t>({count * static_cast<std::int64_t>(sizeof(T))}, place);
}

template <class T>
T* pointer(const at::Tensor& tensor) {
  return tensor.defined() ? static_cast<T*>(tensor.mutable_data_ptr()) : nullptr;
}

/// What rows need on their way through the layers: pixels, products, and the activations of two
/// layers. X is what products read.
template <class T, class X>
class RowMemory {
 public:
  RowMemory(std::int64_t rows, std::int64_t pixels, std::int64_t widest, const at::Device& place)
      : pixels_(tensor_of<X>({rows * pixels}, place)), z_(tensor_of<T>({rows * widest}, place)) {
    for (auto& inputs : inputs_) inputs = tensor_of<X>({rows * widest}, place);
  }

  /// The rows that layer `l` reads: what the one below wrote; those of two layers below are gone.
  X* input(std::size_t l) const { return pointer<X>(l == 0 ? pixels_ : inputs_[l % 2]); }
  const at::Tensor& input_tensor(std::size_t l) const { return l == 0 ? pixels_ : inputs_[l % 2]; }
  T* z() const { return pointer<T>(z_); }

 private:
  at::Tensor pixels_, z_;
  at::Tensor inputs_[2];
};

}  // namespace ff::gpu
