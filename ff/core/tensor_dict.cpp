#include "ff/core/tensor_dict.h"

#include <sstream>
#include <stdexcept>

#include <ATen/core/grad_mode.h>

namespace ff {

void merge(TensorDict& whole, const std::string& prefix, const TensorDict& part) {
  for (const auto& [name, tensor] : part) whole[prefix + name] = tensor;
}

TensorDict part_of(const TensorDict& whole, const std::string& prefix) {
  TensorDict part;
  for (const auto& [name, tensor] : whole) {
    if (name.starts_with(prefix)) part[name.substr(prefix.size())] = tensor;
  }
  return part;
}

const at::Tensor& entry(const TensorDict& dict, const std::string& name) {
  const auto found = dict.find(name);
  if (found == dict.end()) throw std::runtime_error("no tensor called '" + name + "'");
  return found->second;
}

void copy_into(const TensorDict& into, const TensorDict& from) {
  for (const auto& [name, tensor] : from) {
    if (!into.contains(name)) {
      throw std::runtime_error("tensor '" + name + "' does not belong to this network");
    }
  }
  for (const auto& [name, tensor] : into) {
    const auto& source = entry(from, name);
    if (source.sizes() != tensor.sizes()) {
      std::ostringstream text;
      text << "tensor '" << name << "' has the shape " << source.sizes() << ", this network needs "
           << tensor.sizes();
      throw std::runtime_error(text.str());
    }
  }
  at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : into) tensor.copy_(from.at(name));
}

}  // namespace ff
