#include "experiments/export/edge_memory.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "ff/core/text.h"

namespace ff::experiments {
namespace {

std::int64_t bytes_per_weight(EdgeStorage storage) {
  if (storage == EdgeStorage::kBfloat16) return 2;
  return storage == EdgeStorage::kInt8 ? 1 : 4;
}

std::int64_t activation_bytes(const EdgeNet& net) {
  std::int64_t bytes = net.skips_zeros() ? round_up_4(2 * net.inputs()) + 4 : 0;
  if (net.bp) return bytes + 4 * net.units() + (net.training ? 8 * net.widest() : 0);
  if (net.integer_products()) {
    return bytes + 4 * net.widest() + 4 * net.layers.front().out + round_up_4(net.widest());
  }
  return bytes + (net.training ? 16 : 12) * net.widest();
}

std::int64_t moments(EdgeOptimizer optimizer) {
  if (optimizer == EdgeOptimizer::kAdam) return 2;
  return optimizer == EdgeOptimizer::kMomentum ? 1 : 0;
}

std::string row(const std::string& name, const std::vector<std::string>& cells) {
  std::string line =
      name + std::string(std::max<std::size_t>(34, name.size() + 1) - name.size(), ' ');
  for (const auto& cell : cells) {
    line += std::string(std::max<std::size_t>(13, cell.size() + 1) - cell.size(), ' ') + cell;
  }
  return line + "\n";
}

std::string memory_row(const EdgeNet& net) {
  const auto memory = memory_of(net);
  auto name = std::string(net.bp ? "BP " : "FF ") + shape_of(net) + ", " + name_of(net.storage);
  if (net.training) name += ", " + name_of(net.optimizer);
  std::vector<std::string> cells;
  for (const auto bytes : {memory.weights,
                           memory.optimizer,
                           memory.activations,
                           memory.other,
                           memory.ram,
                           memory.flash}) {
    cells.push_back(std::to_string(bytes));
  }
  return row("  " + name, cells);
}

EdgeNet with_storage(EdgeNet net, EdgeStorage storage) {
  net.storage = storage;
  return net;
}

EdgeNet for_purpose(EdgeNet net, bool training) {
  net.training = training;
  return net;
}

std::string purpose_table(const EdgeNet& net, bool training) {
  const auto own = for_purpose(net, training);
  std::string text = training ? "training\n" : "inference\n";
  text += memory_row(own);
  if (own.storage != EdgeStorage::kFloat32) {
    text += memory_row(with_storage(own, EdgeStorage::kFloat32));
  }
  return text + memory_row(for_purpose(counterpart(own), training));
}

std::string layer_table(const EdgeNet& net) {
  std::string text = row("by layer", {"inputs", "units", "weights", "optimizer", "activations"});
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const auto& layer = net.layers[l];
    const auto small = layer.out + (net.bp ? 0 : 1);
    const auto scales = net.storage == EdgeStorage::kInt8 ? 4 * layer.out : 0;
    const auto weights = bytes_per_weight(net.storage) * layer.in * layer.out;
    const auto state =
        net.training ? 4 * moments(net.optimizer) * (layer.in * layer.out + small) : 0;
    const auto rows = net.bp ? 4 : (net.training ? 8 : 4);
    std::vector<std::string> cells;
    for (const auto number :
         {layer.in, layer.out, weights + scales + 4 * small, state, rows * layer.out}) {
      cells.push_back(std::to_string(number));
    }
    text += row("  layer " + std::to_string(l), cells);
  }
  return text;
}

bool fits(const EdgeNet& net, std::int64_t ram) { return memory_of(net).ram + kEdgeStack <= ram; }

// Returns the network with hidden widths multiplied by parts / 64, at least 1.
EdgeNet narrowed(EdgeNet net, std::int64_t parts) {
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const bool output = net.bp && l + 1 == net.layers.size();
    if (!output) net.layers[l].out = std::max<std::int64_t>(1, net.layers[l].out * parts / 64);
    if (l > 0) net.layers[l].in = net.layers[l - 1].out;
  }
  return net;
}

std::string widths_text(const EdgeNet& net) {
  std::vector<std::string> widths;
  for (const auto& layer : net.layers) widths.push_back(std::to_string(layer.out));
  return "model.widths=[" + joined(widths, ",") + "]";
}

}  // namespace

std::int64_t round_up_4(std::int64_t bytes) { return (bytes + 3) / 4 * 4; }

std::int64_t padded_weights(const EdgeNet& net) {
  const auto each = bytes_per_weight(net.storage);
  return round_up_4(each * net.weights()) / each;
}

EdgeMemory memory_of(const EdgeNet& net) {
  EdgeMemory memory;
  memory.weights = padded_weights(net) * bytes_per_weight(net.storage) + 4 * net.small();
  if (net.storage == EdgeStorage::kInt8) memory.weights += 4 * net.units();
  memory.activations = activation_bytes(net);
  memory.ram = memory.activations;
  if (net.training) {
    memory.optimizer = 4 * moments(net.optimizer) * (net.weights() + net.small());
    const std::int64_t misc = net.optimizer == EdgeOptimizer::kAdam ? 16 : 8;
    memory.other = misc + 4;
    memory.ram += memory.weights + memory.optimizer + memory.other;
    memory.block = 16 + memory.weights + memory.optimizer + misc + 4;
  }
  memory.flash = !net.training || net.trained() ? memory.weights : 0;
  return memory;
}

EdgeNet counterpart(const EdgeNet& net) {
  auto other = net;
  other.bp = !net.bp;
  other.storage = EdgeStorage::kFloat32;
  if (!net.bp) {
    other.layers.push_back({.in = net.layers.back().out, .out = net.classes});
  } else if (net.layers.size() > 1) {
    other.layers.pop_back();
  }
  return other;
}

std::string memory_text(const EdgeNet& net) {
  const auto memory = memory_of(net);
  const auto bytes = [](std::int64_t n) { return std::to_string(n) + " B"; };
  std::string text = net.name + ": " + (net.bp ? "backpropagation" : "Forward-Forward") + ", " +
                     shape_of(net) + ", " + name_of(net.storage) +
                     (net.training ? ", training with " + name_of(net.optimizer) + "\n\n"
                                   : ", inference alone\n\n");
  text += "RAM    " + bytes(memory.ram) + " static (.data + .bss of " + net.name +
          ".o for a 32-bit target), and at most " + bytes(kEdgeStack) + " of stack\n";
  text += "flash  " + bytes(memory.flash) + " of weights (" + net.name +
          "_weights.o), and at most " + bytes(kEdgeCode) + " of code (-O2, Cortex-M4)\n";
  if (net.training) text += "block  " + bytes(memory.block) + " (" + net.name + "_save)\n";
  text += "\nNot counted: the program that calls it, and its sample of " + bytes(net.inputs()) +
          ".\n\n";
  text += row("bytes", {"weights", "optimizer", "activations", "other", "RAM", "flash"});
  if (net.training) text += purpose_table(net, true);
  text += purpose_table(net, false) + "\n" + layer_table(net);
  text +=
      "\nActivations by layer are what the layer computes; FF shares two buffers between all "
      "layers.\n";
  return text;
}

std::optional<std::int64_t> parse_ram(const std::string& text) {
  std::size_t digits = 0;
  while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) != 0)
    ++digits;
  const auto unit = text.substr(digits);
  if (digits == 0 || digits > 9 || (unit != "" && unit != "K" && unit != "M")) return std::nullopt;
  const auto number = std::stoll(text.substr(0, digits));
  return number * (unit == "K" ? 1024 : unit == "M" ? 1024 * 1024 : 1);
}

std::string ram_problem(const EdgeNet& net, std::int64_t ram) {
  if (fits(net, ram)) return "";
  const auto need = memory_of(net).ram + kEdgeStack;
  std::vector<std::string> ways;
  const auto try_way = [&](const std::string& name, const EdgeNet& other) {
    if (fits(other, ram) && problems_of(other).empty())
      ways.push_back(name + " (" + std::to_string(memory_of(other).ram + kEdgeStack) + " B)");
  };
  auto sgd = net;
  sgd.optimizer = EdgeOptimizer::kSgd;
  const bool has_state = net.training && net.optimizer != EdgeOptimizer::kSgd;
  const std::string plain = has_state ? "sgd without momentum" : "";
  if (has_state) try_way(plain, sgd);
  for (const auto storage : {EdgeStorage::kBfloat16, EdgeStorage::kInt8}) {
    if (net.storage != EdgeStorage::kFloat32 || !net.training || net.bp) continue;
    const auto name = "--storage " + name_of(storage);
    try_way(has_state ? name + " with " + plain : name, with_storage(sgd, storage));
  }
  for (std::int64_t parts = 63; parts > 0; --parts) {
    const auto other = narrowed(net, parts);
    if (!fits(other, ram)) continue;
    try_way(widths_text(other), other);
    break;
  }
  if (net.training && net.trained()) try_way("--inference", for_purpose(net, false));
  return shape_of(net) + " needs " + std::to_string(need) + " B of RAM (" +
         std::to_string(need - kEdgeStack) + " B static, " + std::to_string(kEdgeStack) +
         " B of stack), " + std::to_string(need - ram) + " B more than " + std::to_string(ram) +
         " B; " +
         (ways.empty() ? "no width of these layers fits" : "what fits: " + joined(ways, "; "));
}

}  // namespace ff::experiments
