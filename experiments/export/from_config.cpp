#include "experiments/export/from_config.h"

#include <algorithm>
#include <stdexcept>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "experiments/learners/network_kind.h"

namespace ff::experiments {
namespace {

using Lines = std::vector<std::string>;

// Returns the layers of each block: of a layer with weights and what follows it.
std::vector<std::vector<LayerOptions>> blocks_in(const Config& config) {
  if (config.model.type == "ff") return blocks_of(config.model);
  std::vector<std::vector<LayerOptions>> blocks;
  for (const auto& layer : network_learner_options(config).layers) {
    if (layer.has_weights() || blocks.empty()) blocks.emplace_back();
    blocks.back().push_back(layer);
  }
  return blocks;
}

// The blocks must be linear layers with ReLU; backpropagation's last has none.
void check_layers(const Config& config, Lines& lines) {
  const auto blocks = blocks_in(config);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const bool output = config.model.type == "bp" && b + 1 == blocks.size();
    for (std::size_t i = 0; i < blocks[b].size(); ++i) {
      const auto& type = blocks[b][i].type;
      if (i == 0 ? type == "linear" : type == "relu" && i == 1 && !output) continue;
      lines.push_back("layer '" + type + "': no C code" +
                      (output && i > 0 ? " after the last layer" : "") +
                      "; there is linear, with relu after each but an output layer");
    }
    if (!output && blocks[b].size() == 1) {
      lines.push_back(
          "a linear layer without a non-linearity: no C code; there is linear with relu");
    }
  }
}

void check_training(const Config& config, Lines& lines) {
  const auto refuse = [&](bool wrong, const std::string& text) {
    if (wrong) lines.push_back(text + ", or --inference");
  };
  const auto& optimizer = config.optimizer;
  refuse(optimizer.weight_decay != 0, "optimizer.weight_decay: no C code; there is 0");
  refuse(optimizer.batch_manhattan, "optimizer.batch_manhattan: no C code; there is false");
  if (config.model.type != "ff") return;
  refuse(config.loss.type == "symba", "loss.type symba: no C code; there are softplus and relu");
  refuse(config.model.dropout != 0, "model.dropout: no C code; there is 0");
  refuse(config.model.peer.on(), "model.peer: no C code; there is weight 0");
  refuse(config.negatives.type != "random-label",
         "negatives.type " + config.negatives.type + ": no C code; there is random-label");
}

void check_forward_forward(const Config& config, Lines& lines) {
  if (config.predict.by != "goodness") {
    lines.push_back("predict.by " + config.predict.by + ": no C code; there is goodness");
  }
  if (config.predict.layers.by_validation) {
    lines.push_back("predict.layers validation: no C code; there is all, and lists of layers");
  }
  const auto& goodness = config.model.goodness;
  if (goodness != "mean-square" && goodness != "sum-square") {
    lines.push_back("model.goodness " + goodness +
                    ": no C code; there are mean-square and sum-square");
  }
}

EdgeOptimizer optimizer_of(const OptimizerOptions& options) {
  if (options.type == "adam") return EdgeOptimizer::kAdam;
  return options.momentum != 0 ? EdgeOptimizer::kMomentum : EdgeOptimizer::kSgd;
}

void describe_input(EdgeNet& net, const Config& config, const ImageSet& train) {
  if (train.floats()) throw std::runtime_error("images of floats: no C code; there is bytes");
  const auto table = train.table.to(at::kCPU, at::kDouble);
  if (!at::equal(table, table.narrow(/*dim=*/0, 0, 1).expand_as(table))) {
    throw std::runtime_error(
        "dataset.normalize: channels with different values have no C code; there is one for all");
  }
  const auto low = table[0][0].item<double>(), high = table[0][255].item<double>();
  net.pixel_scale = (high - low) / 255;
  net.pixel_shift = low;
  const auto& value = config.label.value;
  net.label_value = value.is_word() ? static_cast<double>(train.max_value()) : value.number;
}

std::vector<float> floats_of(const at::Tensor& tensor) {
  const auto values = tensor.detach().to(at::kCPU, at::kFloat).contiguous().flatten();
  const auto* begin = values.const_data_ptr<float>();
  return {begin, begin + values.numel()};
}

const at::Tensor& part(const TensorDict& model, std::size_t layer, const std::string& name) {
  const auto found = model.find("layers." + std::to_string(layer) + "." + name);
  if (found == model.end()) {
    throw std::runtime_error("the network has no layers." + std::to_string(layer) + "." + name);
  }
  return found->second;
}

}  // namespace

std::vector<std::string> export_problems(const Config& config, const ExportChoice& choice) {
  Lines lines;
  const auto& model = config.model;
  if (model.type != "ff" && model.type != "bp") {
    return {"model.type " + model.type + ": no C code; there are ff and bp"};
  }
  check_layers(config, lines);
  if (model.type == "ff") check_forward_forward(config, lines);
  if (!choice.inference) check_training(config, lines);
  if (choice.inference && !choice.trained) {
    lines.push_back("a config has no weights to infer with; name a finished run");
  }
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());  // of layers alike
  if (!choice.trained && model.init != "torch") {
    lines.push_back("model.init " + model.init +
                    ": no C code; there is torch, and the weights of a run");
  }
  return lines;
}

std::vector<std::string> export_notes(const Config& config, const ExportChoice& choice) {
  Lines lines;
  if (choice.inference) return lines;
  const auto note = [&](bool holds, const std::string& text) {
    if (holds) lines.push_back(text);
  };
  note(config.batch_size != 1,
       "the C code updates after every sample, the config after " +
           std::to_string(config.batch_size) + "; a smaller learning rate may be needed");
  note(config.optimizer.cooldown.has_value(), "optimizer.cooldown: the C code's rate is constant");
  note(config.augment.on(), "augment: the C code takes samples as they come");
  if (config.model.type != "ff") return lines;
  note(config.schedule.type == "sequential", "the C code trains all layers on every sample");
  note(config.negatives.redraw == "never" || config.negatives.pairing != "paired",
       "negatives: in the C code the same image, its wrong label drawn anew at every step");
  return lines;
}

EdgeNet edge_net(const Config& config, const ImageSet& train, const ExportChoice& choice) {
  EdgeNet net;
  const auto& model = config.model;
  net.name = choice.name;
  net.bp = model.type == "bp";
  net.training = !choice.inference;
  net.storage = choice.storage;
  net.classes = train.classes;
  describe_input(net, config, train);
  auto in = train.features();
  for (const auto& block : blocks_in(config)) {
    const auto out = block.front().width;
    const auto& initial = model.threshold.initial;
    net.layers.push_back({.in = in, .out = out, .weight = {}, .bias = {}});
    net.layers.back().threshold = initial.is_word() ? static_cast<double>(out) : initial.number;
    in = out;
  }
  net.normalize = model.normalize.type;
  net.normalize_input = model.normalize.input;
  net.epsilon = model.normalize.epsilon;
  net.mean_goodness = model.goodness == "mean-square";
  net.relu_loss = config.loss.type == "relu";
  net.min_ssq = config.loss.direction == "min-ssq";
  net.temperature = config.loss.temperature;
  net.learned_threshold = model.threshold.learned;
  if (!net.bp) {
    const auto depth = static_cast<std::int64_t>(net.layers.size());
    net.judges = config.predict.layers.of(depth, "predict.layers");
  }
  const auto& optimizer = config.optimizer;
  net.optimizer = optimizer_of(optimizer);
  net.learning_rate = optimizer.learning_rate;
  net.momentum = optimizer.momentum;
  net.beta1 = optimizer.beta1;
  net.beta2 = optimizer.beta2;
  net.adam_epsilon = optimizer.epsilon;
  return net;
}

void take_weights(EdgeNet& net, const TensorDict& model) {
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    auto& layer = net.layers[l];
    layer.weight = floats_of(part(model, l, "weight"));
    layer.bias = floats_of(part(model, l, "bias"));
    if (!net.bp) layer.threshold = part(model, l, "threshold").item<double>();
  }
}

void give_weights(const EdgeNet& net, const TensorDict& model) {
  at::NoGradGuard no_grad;
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    auto weight = part(model, l, "weight");
    weight.copy_(at::tensor(net.layers[l].weight).view_as(weight));
  }
}

EdgeSamples edge_samples(const ImageSet& set, std::int64_t count, Learner* learner) {
  EdgeSamples samples;
  const auto size = std::min(count, set.size());
  const auto images = set.images.narrow(/*dim=*/0, 0, size).to(at::kCPU).contiguous();
  const auto* bytes = images.const_data_ptr<std::uint8_t>();
  samples.bytes.assign(bytes, bytes + images.numel());
  const auto labels = set.labels.narrow(/*dim=*/0, 0, size).to(at::kCPU).contiguous();
  samples.labels.assign(labels.const_data_ptr<std::int64_t>(),
                        labels.const_data_ptr<std::int64_t>() + size);
  if (learner == nullptr) return samples;
  const auto scores = learner->scores(set.rows(0, size)).classes.to(at::kCPU, at::kFloat);
  samples.scores = floats_of(scores);
  const auto best = scores.argmax(/*dim=*/1).contiguous();
  samples.predictions.assign(best.const_data_ptr<std::int64_t>(),
                             best.const_data_ptr<std::int64_t>() + size);
  return samples;
}

}  // namespace ff::experiments
