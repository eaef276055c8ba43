// Tensors by name, as stored in a checkpoint.
#pragma once

#include <map>
#include <string>

#include <ATen/core/Tensor.h>

namespace ff {

using TensorDict = std::map<std::string, at::Tensor>;

/// Adds every entry of `part` to `whole` as `prefix + name`.
void merge(TensorDict& whole, const std::string& prefix, const TensorDict& part);

/// Returns the entries whose names start with `prefix`, with the prefix removed.
TensorDict part_of(const TensorDict& whole, const std::string& prefix);

/// Returns the entry called `name`. Throws std::runtime_error, naming it, if there is none.
const at::Tensor& entry(const TensorDict& dict, const std::string& name);

/// Copies `from` into the live tensors of `into`, in place and without recording gradients. Throws
/// std::runtime_error, before changing anything, if the names or shapes of the two differ.
void copy_into(const TensorDict& into, const TensorDict& from);

}  // namespace ff
