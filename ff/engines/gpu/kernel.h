// Kernel: a variant of all kernels, the argument type of Device::launch. No LibTorch.
#pragma once

#include <utility>
#include <variant>

#include "ff/engines/gpu/kernels/goodness_rows.h"
#include "ff/engines/gpu/kernels/hard_labels.h"
#include "ff/engines/gpu/kernels/hidden_rows.h"
#include "ff/engines/gpu/kernels/label_rows.h"
#include "ff/engines/gpu/kernels/read_pixels.h"
#include "ff/engines/gpu/kernels/update.h"

namespace ff::gpu {

/// The kernels that compute in T, with matrix-product operands of type X.
template <class T, class X>
using KernelsOf = std::variant<ReadPixels<T, X>,
                               GatherRows<T, X>,
                               ScaleRows<T, X>,
                               GoodnessRows<T, X>,
                               MeanActivations<T, X>,
                               ActivateRows<T, X>,
                               ClearLabels<T, X>,
                               LabelRows<T, X>,
                               HiddenRows<T, X>,
                               BackwardRows<T, X>,
                               CrossEntropyRows<T, X>,
                               DrawHardLabels<T, X>,
                               BeginStep<T, X>,
                               UpdateLayer<T, X>>;

template <class... A, class... B, class... C>
std::variant<A..., B..., C...> joined(std::variant<A...>, std::variant<B...>, std::variant<C...>);

/// A kernel with its arguments. double is for tests that compare with autograd in float64.
using Kernel = decltype(joined(std::declval<KernelsOf<float, float>>(),
                               std::declval<KernelsOf<float, BFloat16>>(),
                               std::declval<KernelsOf<double, double>>()));

}  // namespace ff::gpu
