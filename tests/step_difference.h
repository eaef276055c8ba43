// Difference between the steps of two engines from the same state.
#pragma once

#include <cstdint>
#include <string>

#include "ff/core/tensor_dict.h"
#include "ff/forward_forward/ff_network.h"

namespace ff::test {

/// Number of steps compared along a trajectory; fewer with AddressSanitizer, which is much slower
/// and checks memory accesses rather than values.
#ifdef __SANITIZE_ADDRESS__
inline constexpr std::int64_t kStepsCompared = 8;
#else
inline constexpr std::int64_t kStepsCompared = 50;
#endif

/// Returns all parameters and optimizer state of a network by name: "0.weight", ...
TensorDict tensors_of(const FFNetwork& network);

/// Returns the largest difference between two steps from the state `before`, relative to the
/// largest entry of the layer's update or moments; `where` receives the name of the tensor. Adds an
/// allowance for the rounding of the parameters: 1e-3 of their magnitude times 1e-12 is a few ulp
/// of a double. Infinite if any entry is NaN or infinite.
double worst_difference(const TensorDict& before,
                        const TensorDict& truth,
                        const TensorDict& other,
                        std::string& where);

}  // namespace ff::test
