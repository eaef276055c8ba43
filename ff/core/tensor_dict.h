// Tensors by name: what a checkpoint holds.
#pragma once

#include <map>
#include <string>

#include <ATen/core/Tensor.h>

namespace ff {

using TensorDict = std::map<std::string, at::Tensor>;

/// Adds every entry of `part` to `whole` as `prefix + name`.
void merge(TensorDict& whole, const std::string& prefix, const TensorDict& part);

/// The entries whose names begin with `prefix`, without it.
TensorDict part_of(const TensorDict& whole, const std::string& prefix);

/// The entry called `name`; throws std::runtime_error that names it when there is none.
const at::Tensor& entry(const TensorDict& dict, const std::string& name);

/// Copies `from` into the live tensors of `into`, in place and without gradient. Names and shapes
/// must be the same on both sides; otherwise std::runtime_error says what differs, and nothing has
/// been changed.
void copy_into(const TensorDict& into, const TensorDict& from);

}  // namespace ff
