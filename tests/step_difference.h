// Two steps from the same state, by two engines: how far apart they end.
#pragma once

#include <cstdint>
#include <string>

#include "ff/core/tensor_dict.h"
#include "ff/forward_forward/network.h"

namespace ff::test {

/// Steps to compare along a trajectory. Fewer under a sanitizer, which makes each many times as
/// slow, and looks at memory rather than at numbers.
#ifdef __SANITIZE_ADDRESS__
inline constexpr std::int64_t kStepsCompared = 8;
#else
inline constexpr std::int64_t kStepsCompared = 50;
#endif

/// All parameters of all layers, and what else their training depends on, by name: "0.weight", ...
TensorDict tensors_of(const FFNetwork& network);

/// The largest difference that two steps from the state `before` leave, as a share of the largest
/// entry of the layer's update, or of its moments; `where` is the tensor. A parameter's own
/// rounding is allowed for: 1e-3 of its size times 1e-12 is a few units in the last place of a
/// double. Infinite where either has an entry that is not finite.
double worst_difference(const TensorDict& before,
                        const TensorDict& truth,
                        const TensorDict& other,
                        std::string& where);

}  // namespace ff::test
