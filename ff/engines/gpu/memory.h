// Device memory of the GPU engine: tensors, passed to kernels as raw pointers.
#pragma once

#include <type_traits>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/core/Tensor.h>

#include "ff/math/bfloat16.h"

namespace ff::gpu {

/// Returns LibTorch's scalar type for T.
template <class T>
constexpr at::ScalarType scalar_of() {
  if constexpr (std::is_same_v<T, fused::BFloat16>) {
    return at::kBFloat16;
  } else {
    return c10::CppTypeToScalarType<T>::value;
  }
}

/// Returns an uninitialised tensor of T.
template <class T>
at::Tensor tensor_of(at::IntArrayRef sizes, const at::Device& place) {
  return at::empty(sizes, at::TensorOptions(scalar_of<T>()).device(place));
}

/// Copies `values` to the device, into preallocated memory.
template <class T>
void upload(const std::vector<T>& values, const at::Tensor& to) {
  const auto bytes = static_cast<std::int64_t>(values.size() * sizeof(T));
  to.copy_(at::from_blob(const_cast<T*>(values.data()), {bytes}, at::TensorOptions(at::kByte)));
}

/// Allocates memory for `count` records of a trivially copyable type, as bytes.
template <class T>
at::Tensor records_of(std::int64_t count, const at::Device& place) {
  return tensor_of<std::uint8_t>({count * static_cast<std::int64_t>(sizeof(T))}, place);
}

template <class T>
T* pointer(const at::Tensor& tensor) {
  return tensor.defined() ? static_cast<T*>(tensor.mutable_data_ptr()) : nullptr;
}

/// Buffers of samples on their way through the layers: pixels, preactivations, and the inputs of
/// two layers (double-buffered). X is the operand type of matrix products.
template <class T, class X>
class RowMemory {
 public:
  RowMemory(std::int64_t rows, std::int64_t pixels, std::int64_t widest, const at::Device& place)
      : pixels_(tensor_of<X>({rows * pixels}, place)), z_(tensor_of<T>({rows * widest}, place)) {
    for (auto& inputs : inputs_) inputs = tensor_of<X>({rows * widest}, place);
  }

  /// Returns the input buffer of layer `l`, shared by layers l and l + 2 (except for the pixels).
  X* input(std::size_t l) const { return pointer<X>(l == 0 ? pixels_ : inputs_[l % 2]); }
  const at::Tensor& input_tensor(std::size_t l) const { return l == 0 ? pixels_ : inputs_[l % 2]; }
  T* z() const { return pointer<T>(z_); }

 private:
  at::Tensor pixels_, z_;
  at::Tensor inputs_[2];
};

}  // namespace ff::gpu
