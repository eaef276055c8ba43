#include "tests/step_difference.h"

#include <algorithm>
#include <limits>
#include <map>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff::test {
namespace {

// Returns the group in which magnitudes are compared: the update, or one kind of moment, of a
// layer.
std::string group_of(const std::string& name) {
  const auto layer = name.substr(0, name.find('.'));
  for (const auto* moment : {"exp_avg_sq", "exp_avg", "momentum_buffer"}) {
    if (name.ends_with(std::string(".") + moment)) return layer + moment;
  }
  return layer + "update";
}

bool compared_exactly(const std::string& name, const at::Tensor& tensor) {
  return !tensor.is_floating_point() || name.ends_with("rate_factor");
}

bool all_finite(const at::Tensor& tensor) { return tensor.isfinite().all().item<bool>(); }

}  // namespace

TensorDict tensors_of(const FFNetwork& network) {
  TensorDict all;
  for (std::size_t l = 0; l < network->layers.size(); ++l) {
    const auto& layer = network->layers[l];
    const auto prefix = std::to_string(l) + ".";
    for (const auto& item : layer->named_parameters()) all[prefix + item.key()] = item.value();
    for (const auto& [name, tensor] : layer->training_state()) all[prefix + name] = tensor;
  }
  return all;
}

double worst_difference(const TensorDict& before,
                        const TensorDict& truth,
                        const TensorDict& other,
                        std::string& where) {
  std::map<std::string, double> largest;
  for (const auto& [name, tensor] : truth) {
    if (compared_exactly(name, tensor)) continue;
    auto& size = largest[group_of(name)];
    const auto entry = tensor.detach().abs().max().item<double>();
    const auto change = (tensor.detach() - before.at(name)).abs().max().item<double>();
    const bool update = group_of(name).ends_with("update");
    size = std::max(size, update ? std::max(change, 1e-3 * entry) : entry);
  }
  double worst = 0;
  for (const auto& [name, tensor] : truth) {
    if (!all_finite(tensor) || !all_finite(other.at(name))) {
      where = name;
      return std::numeric_limits<double>::infinity();  // std::max would ignore NaN
    }
    double difference = at::equal(tensor, other.at(name)) ? 0 : 1;
    if (!compared_exactly(name, tensor) && difference > 0) {
      const auto error = (tensor - other.at(name)).abs().max().item<double>();
      difference = error == 0 ? 0 : error / largest.at(group_of(name));
    }
    if (difference > worst) {
      worst = difference;
      where = name;
    }
  }
  return worst;
}

}  // namespace ff::test
