#include "experiments/export/edge_net.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace ff::experiments {
namespace {

// Inputs are listed by 16-bit indices, and their squares are summed in 32 bits.
constexpr std::int64_t kMostWidth = 65535;
// Bytes of state must fit into 32 bits, also with Adam's.
constexpr std::int64_t kMostWeights = 1 << 28;

bool is_identifier(const std::string& name) {
  const auto word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         name[0] != '_' && name.size() <= 31 && std::all_of(name.begin(), name.end(), word);
}

bool all_finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
}

}  // namespace

std::int64_t EdgeNet::weights() const {
  std::int64_t sum = 0;
  for (const auto& layer : layers) sum += layer.in * layer.out;
  return sum;
}

std::int64_t EdgeNet::units() const {
  std::int64_t sum = 0;
  for (const auto& layer : layers) sum += layer.out;
  return sum;
}

std::int64_t EdgeNet::widest() const {
  std::int64_t most = 0;
  for (const auto& layer : layers) most = std::max(most, layer.out);
  return most;
}

bool EdgeNet::integer_products() const {
  return !bp && !training && storage == EdgeStorage::kInt8 && skips_zeros();
}

std::string name_of(EdgeStorage storage) {
  if (storage == EdgeStorage::kBfloat16) return "bf16";
  return storage == EdgeStorage::kInt8 ? "int8" : "float32";
}

std::string name_of(EdgeOptimizer optimizer) {
  if (optimizer == EdgeOptimizer::kMomentum) return "momentum";
  return optimizer == EdgeOptimizer::kAdam ? "adam" : "sgd";
}

std::string shape_of(const EdgeNet& net) {
  auto text = std::to_string(net.inputs());
  for (const auto& layer : net.layers) text += "-" + std::to_string(layer.out);
  return text;
}

std::vector<std::string> problems_of(const EdgeNet& net) {
  std::vector<std::string> lines;
  if (!is_identifier(net.name)) {
    lines.push_back("name '" + net.name +
                    "' is not a C identifier; allowed: at most 31 letters, digits and '_', first "
                    "a letter (--name)");
  }
  for (const auto& layer : net.layers) {
    const auto most = std::max(layer.in, layer.out);
    if (most <= kMostWidth) continue;
    lines.push_back("a layer of " + std::to_string(layer.in) + " inputs and " +
                    std::to_string(layer.out) + " units; allowed: up to " +
                    std::to_string(kMostWidth) + " of both");
  }
  if (lines.empty() && net.weights() > kMostWeights) {
    lines.push_back(std::to_string(net.weights()) + " weights; allowed: up to " +
                    std::to_string(kMostWeights));
  }
  if (!net.bp && net.classes >= net.inputs()) {
    lines.push_back(std::to_string(net.classes) + " classes do not fit into a sample of " +
                    std::to_string(net.inputs()) + " pixels");
  }
  if (net.training && net.storage != EdgeStorage::kFloat32 &&
      (net.bp || net.optimizer != EdgeOptimizer::kSgd)) {
    lines.push_back("storage " + name_of(net.storage) + " trains " +
                    (net.bp ? "by backpropagation" : "with " + name_of(net.optimizer)) +
                    ": no C code; there is Forward-Forward with optimizer.type sgd without "
                    "momentum, float32, or --inference");
  }
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const auto& layer = net.layers[l];
    if (all_finite(layer.weight) && all_finite(layer.bias) && std::isfinite(layer.threshold))
      continue;
    lines.push_back("layer " + std::to_string(l) +
                    " has weights that are NaN or infinite: the run diverged");
  }
  return lines;
}

}  // namespace ff::experiments
