#include "experiments/compare/tensors.h"

#include <set>
#include <sstream>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/text.h"

namespace ff::experiments {
namespace {

std::string type_and_shape(const at::Tensor& tensor) {
  std::ostringstream text;
  text << c10::toString(tensor.scalar_type()) << " " << tensor.sizes();
  return text.str();
}

// Returns the index into the flattened tensor as "[row, column, ...]".
std::string place(std::int64_t flat, at::IntArrayRef sizes) {
  std::string text;
  for (auto size = sizes.rbegin(); size != sizes.rend(); ++size) {
    text.insert(0, std::to_string(flat % *size) + (text.empty() ? "" : ", "));
    flat /= *size;
  }
  return "[" + text + "]";
}

// Computes in double, where the difference of two floats is exact enough to print. A NaN counts as
// the largest difference, because argmax returns it first.
std::string largest_difference(const at::Tensor& a, const at::Tensor& b) {
  const auto left = a.reshape({-1}).to(at::kDouble);
  const auto right = b.reshape({-1}).to(at::kDouble);
  const auto distance = (left - right).abs();
  const auto index = distance.argmax().item<std::int64_t>();
  const auto at_index = [&](const at::Tensor& values) { return values[index].item<double>(); };
  return "by at most " + significant(at_index(distance)) + " at " + place(index, a.sizes()) + ": " +
         significant(at_index(left), 9) + " | " + significant(at_index(right), 9);
}

}  // namespace

std::optional<std::string> difference(const at::Tensor& a, const at::Tensor& b) {
  if (a.scalar_type() != b.scalar_type() || a.sizes() != b.sizes()) {
    return type_and_shape(a) + " | " + type_and_shape(b);
  }
  if (at::equal(a, b)) return std::nullopt;
  const auto count = at::ne(a, b).sum().item<std::int64_t>();
  return std::to_string(count) + " of " + std::to_string(a.numel()) + " values differ, " +
         largest_difference(a, b);
}

std::vector<TensorDifference> differences_between(const TensorDict& a, const TensorDict& b) {
  std::set<std::string> names;
  for (const auto& [name, tensor] : a) names.insert(name);
  for (const auto& [name, tensor] : b) names.insert(name);
  std::vector<TensorDifference> found;
  for (const auto& name : names) {
    if (!a.contains(name) || !b.contains(name)) {
      found.push_back({name, a.contains(name) ? "only in A" : "only in B"});
    } else if (const auto text = difference(a.at(name), b.at(name))) {
      found.push_back({name, *text});
    }
  }
  return found;
}

}  // namespace ff::experiments
