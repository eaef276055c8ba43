#include "experiments/export/emit_c.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "experiments/export/c_template.h"
#include "experiments/export/edge_memory.h"
#include "experiments/export/quantize.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

// The shortest float literal that reads back as the same float.
std::string literal(double value) {
  const auto x = static_cast<float>(value);
  char text[40];
  int digits = 6;
  do {
    std::snprintf(text, sizeof text, "%.*g", digits++, static_cast<double>(x));
  } while (digits <= 9 && std::strtof(text, nullptr) != x);
  std::string word = text;
  if (word.find_first_of(".e") == std::string::npos) word += ".0";
  return word + "f";
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::toupper(c));
  });
  return text;
}

std::uint32_t crc32_of(const std::string& text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const unsigned char c : text) {
    crc ^= c;
    for (int k = 0; k < 8; ++k) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

// What a block's bytes mean: blocks of networks with another description are refused.
std::string description(const EdgeNet& net) {
  return shape_of(net) + (net.bp ? " bp " : " ff ") + std::to_string(net.classes) + " " +
         name_of(net.storage) + " " + name_of(net.optimizer) + " " + net.normalize +
         (net.normalize_input ? " input" : "") + (net.mean_goodness ? " mean" : " sum") +
         (net.min_ssq ? " min" : " max") + " " + literal(net.pixel_scale) + " " +
         literal(net.pixel_shift) + " " + literal(net.label_value);
}

std::set<std::string> flags_of(const EdgeNet& net) {
  std::set<std::string> flags = {net.bp ? "bp" : "ff"};
  const auto add = [&](bool holds, const char* flag) {
    if (holds) flags.insert(flag);
  };
  const bool plain = net.optimizer == EdgeOptimizer::kSgd;
  const bool adam = net.training && net.optimizer == EdgeOptimizer::kAdam;
  add(net.training, "training");
  add(net.trained(), "trained");
  add(net.trained() || !net.training, "flash");
  add(net.storage == EdgeStorage::kFloat32, "f32");
  add(net.storage == EdgeStorage::kBfloat16, "bf16");
  add(net.storage == EdgeStorage::kInt8, "int8");
  add(net.integer_products(), "int8_dot");
  add(net.training && plain, "sgd");
  add(net.training && plain, "plain");
  add(net.training && net.optimizer == EdgeOptimizer::kMomentum, "momentum");
  add(adam, "adam");
  add(net.skips_zeros(), "zero_black");
  flags.insert(net.normalize);
  add(net.normalize_input && net.normalize != "none", "norm_input");
  add(net.mean_goodness, "mean");
  add(!net.relu_loss, "softplus");
  add(net.min_ssq, "min_ssq");
  add(net.learned_threshold, "learned");
  add(net.judges.size() != net.layers.size() && !net.bp, "masked");
  add((!net.bp && net.normalize != "none") || adam, "root");
  const bool exponential = net.training && (net.bp || !net.relu_loss);
  const bool draws = net.training && !net.trained();
  const bool bfloat16 = net.storage == EdgeStorage::kBfloat16;
  add(exponential, "exp");
  add(exponential || bfloat16 || draws, "from_bits");
  add(exponential || (bfloat16 && net.training), "bits_of");
  add(draws || (net.training && !net.bp), "draws");
  add(draws || (net.training && !net.bp && plain), "narrows");
  return flags;
}

using Words = std::map<std::string, std::string>;

void add_sizes(const EdgeNet& net, Words& words) {
  const auto number = [&](const char* word, std::int64_t value) {
    words[word] = std::to_string(value);
  };
  const auto memory = memory_of(net);
  number("inputs", net.inputs());
  number("inputs_even", (net.inputs() + 1) / 2 * 2);
  number("classes", net.classes);
  number("layers", static_cast<std::int64_t>(net.layers.size()));
  number("units", net.units());
  number("widest", net.widest());
  number("widest_padded", round_up_4(net.widest()));
  number("first_width", net.layers.front().out);
  number("weights", net.weights());
  number("weights_padded", padded_weights(net));
  number("small", net.small());
  number("slots", net.weights() + net.small());
  number("act_rows", net.training ? 4 : 3);
  number("static_bytes", memory.ram);
  number("block_bytes", memory.block);
  number("layout", crc32_of(description(net)));
}

void add_numbers(const EdgeNet& net, Words& words) {
  const auto real = [&](const char* word, double value) { words[word] = literal(value); };
  real("rate", net.learning_rate);
  real("momentum", net.momentum);
  real("beta1", net.beta1);
  real("beta2", net.beta2);
  real("beta1_rest", 1 - net.beta1);
  real("beta2_rest", 1 - net.beta2);
  real("adam_epsilon", net.adam_epsilon);
  real("epsilon", net.epsilon);
  real("sign", net.min_ssq ? -1 : 1);
  real("tau_inverse", 1 / net.temperature);
  real("pixel_scale", net.pixel_scale);
  real("pixel_shift", net.pixel_shift);
  real("label_units", net.skips_zeros() ? net.label_value / net.pixel_scale : net.label_value);
  real("score_scale", 1.0 / static_cast<double>(std::max<std::size_t>(1, net.judges.size())));
}

// Tables with one entry per layer.
void add_tables(const EdgeNet& net, Words& words) {
  std::vector<std::string> table, bounds, thresholds, judges;
  std::int64_t weight = 0, unit = 0;
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const auto& layer = net.layers[l];
    const auto number = [](std::int64_t value) { return std::to_string(value) + "u"; };
    table.push_back("{" + number(layer.in) + ", " + number(layer.out) + ", " + number(weight) +
                    ", " + number(unit) + "}");
    bounds.push_back(literal(1 / std::sqrt(static_cast<double>(layer.in))));
    thresholds.push_back(literal(layer.threshold));
    const bool asked = std::count(net.judges.begin(), net.judges.end(), std::int64_t(l)) > 0;
    judges.push_back(asked ? "1u" : "0u");
    weight += layer.in * layer.out;
    unit += layer.out;
  }
  words["layer_table"] = joined(table);
  words["bounds"] = joined(bounds);
  words["thresholds"] = joined(thresholds);
  words["judges"] = joined(judges);
}

void add_texts(const EdgeNet& net, Words& words) {
  const std::string types[] = {"float", "uint16_t", "int8_t"};
  words["name"] = net.name;
  words["NAME"] = upper(net.name);
  words["weight_type"] = types[static_cast<int>(net.storage)];
  words["title"] =
      std::string(net.bp ? "backpropagation" : "Forward-Forward") + " in " +
      (net.training ? "static memory, training included." : "static memory, inference alone.");
  words["summary"] = shape_of(net) + ", " + name_of(net.storage) +
                     (net.training ? ", trained online with " + name_of(net.optimizer) + "." : ".");
  words["label_note"] = net.bp ? ""
                               : "; the first " + std::to_string(net.classes) +
                                     " are ignored, because the\n   label takes their place";
  words["init_note"] = net.trained() ? "Copies the weights from flash." : "Draws the weights.";
  words["loss_note"] = net.bp ? "" : ", the mean over the layers";
  words["scores_note"] =
      net.bp ? "the outputs before the softmax" : "the layers' goodness for each label";
  words["small_note"] = net.bp ? "" : ", then thresholds";
  words["small_comment"] = net.bp ? "biases" : "biases of all layers, then thresholds";
  words["act_comment"] =
      net.training ? "two rows of a layer and two of the layer below; the label sweep: three rows"
                   : "a layer, the layer below, the first layer's products";
  words["lit_note"] = net.skips_zeros() ? " After list_lit(x)." : "";
  words["without_label"] = net.bp ? "" : " without its label";
}

// An array of C with `per_line` numbers a line.
template <class Values, class Text>
std::string array(const std::string& head,
                  const Values& values,
                  std::size_t padded,
                  const Text& text) {
  const std::size_t per_line = 12;
  std::string out = head + " = {";
  for (std::size_t i = 0; i < padded; ++i) {
    out += i % per_line == 0 ? "\n    " : " ";
    out += (i < values.size() ? text(values[i]) : "0") + (i + 1 < padded ? "," : "");
  }
  return out + "};\n";
}

std::string weights_file(const EdgeNet& net) {
  const auto whole = stored(net);
  std::vector<float> weights, small, thresholds;
  for (const auto& layer : net.layers) {
    weights.insert(weights.end(), layer.weight.begin(), layer.weight.end());
    small.insert(small.end(), layer.bias.begin(), layer.bias.end());
    if (!net.bp) thresholds.push_back(static_cast<float>(layer.threshold));
  }
  small.insert(small.end(), thresholds.begin(), thresholds.end());
  const auto real = [](float x) { return literal(x); };
  const auto integer = [](std::int32_t x) { return std::to_string(x); };
  const auto padded = static_cast<std::size_t>(padded_weights(net));
  const std::string types[] = {"float", "uint16_t", "int8_t"};
  const auto head = "const " + types[static_cast<int>(net.storage)] + " " + net.name + "_weights[" +
                    std::to_string(padded) + "]";
  std::string out =
      "/* Written by ff export. See " + net.name + ".h. */\n#include \"" + net.name + ".h\"\n\n";
  out += net.storage == EdgeStorage::kFloat32 ? array(head, weights, padded, real)
                                              : array(head, whole.values, padded, integer);
  const auto floats = [&](const std::string& what, const std::vector<float>& values) {
    out +=
        "\n" + array("const float " + net.name + what + "[" + std::to_string(values.size()) + "]",
                     values,
                     values.size(),
                     real);
  };
  floats("_small", small);
  if (net.storage == EdgeStorage::kInt8) floats("_scales", whole.scales);
  return out;
}

std::string samples_file(const EdgeNet& net, const EdgeSamples& samples) {
  const auto number = [](std::int64_t x) { return std::to_string(x); };
  const auto real = [](float x) { return literal(x); };
  const auto head = [&](const std::string& type, const std::string& what, std::size_t size) {
    return "\nstatic const " + type + " " + net.name + what + "[" + std::to_string(size) + "]";
  };
  std::string out =
      "/* Written by ff export: samples, and what ff answers to them. */\n#include "
      "<stdint.h>\n\n#define " +
      upper(net.name) + "_SAMPLES " + std::to_string(samples.count()) + "u\n";
  out += array(head("uint8_t", "_sample", samples.bytes.size()),
               samples.bytes,
               samples.bytes.size(),
               number);
  out += array(head("uint16_t", "_label", samples.labels.size()),
               samples.labels,
               samples.labels.size(),
               number);
  if (samples.scores.empty()) return out;
  out += "#ifdef " + upper(net.name) + "_ANSWERS";
  const auto& predictions = samples.predictions;
  out += array(
      head("uint16_t", "_prediction", predictions.size()), predictions, predictions.size(), number);
  out += array(
      head("float", "_score", samples.scores.size()), samples.scores, samples.scores.size(), real);
  return out + "#endif\n";
}

}  // namespace

std::map<std::string, std::string> c_files(const EdgeNet& net, const EdgeSamples& samples) {
  TemplateValues values{flags_of(net), {}};
  add_sizes(net, values.words);
  add_numbers(net, values.words);
  add_tables(net, values.words);
  add_texts(net, values.words);
  if (!samples.scores.empty()) values.flags.insert("answers");
  // int8 rounds activations too, where it multiplies bytes
  values.words["sources"] =
      net.name + ".c" + (values.flags.contains("flash") ? " " + net.name + "_weights.c" : "");
  values.words["tolerance"] = net.integer_products() ? "2e-2f" : "1e-4f";
  std::map<std::string, std::string> files = {
      {net.name + ".h", expand("net.h.in", values)},
      {net.name + ".c", expand("net.c.in", values)},
      {net.name + "_samples.h", samples_file(net, samples)},
      {"main.c", expand("main.c.in", values)},
      {"verify.c", expand("verify.c.in", values)},
      {"Makefile", expand("Makefile.in", values)},
      {"memory.txt", memory_text(net)},
  };
  if (values.flags.contains("flash")) files[net.name + "_weights.c"] = weights_file(net);
  return files;
}

}  // namespace ff::experiments
