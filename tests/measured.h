// Helpers for testing measures of any learner.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/learn/learner.h"

namespace ff::test {

/// Returns the first `count` batches of `size` samples of a learner's data set in one stream, as
/// passed to measures.
template <class Learner>
std::vector<Batch> batches_of(const Learner& learner, std::int64_t size, int count) {
  std::vector<Batch> batches;
  for (int i = 0; i < count; ++i) {
    const auto rows = at::arange(i * size, (i + 1) * size, at::kLong);
    batches.push_back(resident_batch(learner.info().resident, {rows}));
  }
  return batches;
}

/// Returns copies of all tensors that the next step depends on, including the generator state.
inline TensorDict all_state(const Learner& learner) {
  TensorDict all;
  for (const auto& [name, tensor] : learner.model()) all["model." + name] = tensor.detach().clone();
  for (const auto& [name, tensor] : learner.training_state()) all[name] = tensor.detach().clone();
  all["generator"] = at::detail::getDefaultCPUGenerator().get_state();
  return all;
}

/// Returns the names of the tensors that differ.
inline std::vector<std::string> differing(const TensorDict& a, const TensorDict& b) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : a) {
    if (!at::equal(tensor, b.at(name))) names.push_back(name);
  }
  return names;
}

}  // namespace ff::test
