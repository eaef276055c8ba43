// ff bench memory: measures the training memory of configs, or of networks of several depths
// compared with a formula.
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <numeric>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <ATen/Functions.h>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/config/config.h"
#include "experiments/files.h"
#include "experiments/plain_text.h"
#include "experiments/run/runner.h"
#include "experiments/training_memory.h"
#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

constexpr double kMebibyte = 1 << 20;
constexpr std::int64_t kPixels = 784, kClasses = 10;

struct BenchRule {
  const char* name;
  const char* type;
  const char* schedule;
};
constexpr BenchRule kRules[] = {{"FF parallel", "ff", "parallel"},
                                {"FF sequential", "ff", "sequential"},
                                {"backpropagation", "bp", "parallel"}};

struct Row {
  std::string rule;
  std::int64_t depth = 0, batch = 0;
  TrainingMemory memory;
  double formula = 0;  // bytes by the formula in docs/benchmarks.md
};

cxxopts::Options bench_options() {
  cxxopts::Options options(
      "ff bench",
      "Measures the tensor memory of training: of configs, or of Forward-Forward "
      "and\nbackpropagation by depth, with layers of --width units.\n");
  options.custom_help("[OPTION...]").positional_help("memory [CONFIG...]");
  options.add_options()                                                                        //
      ("what", "", cxxopts::value<std::vector<std::string>>())                                 //
      ("depths", "layers", cxxopts::value<std::string>()->default_value("2,8,32,64"), "LIST")  //
      ("batches",
       "images per step",
       cxxopts::value<std::string>()->default_value("64,4096"),
       "LIST")                                                                                    //
      ("width", "units per layer", cxxopts::value<std::int64_t>()->default_value("1024"), "N")    //
      ("optimizer", "adam or sgd", cxxopts::value<std::string>()->default_value("adam"), "TYPE")  //
      ("engine",
       "fused or autograd",
       cxxopts::value<std::string>()->default_value("fused"),
       "NAME")  //
      ("set",
       "change a key of the configs: --set batch_size=1 (may be repeated)",
       cxxopts::value<std::vector<std::string>>(),
       "a.b=VALUE")                                                                     //
      ("json", "also write the rows to a file", cxxopts::value<std::string>(), "FILE")  //
      ("h,help", "show this help");
  add_machine_options(options);
  options.parse_positional("what");
  return options;
}

std::vector<std::int64_t> list_of(const cxxopts::ParseResult& parsed, const std::string& name) {
  const auto text = "[" + parsed[name].as<std::string>() + "]";
  const auto json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  std::vector<std::int64_t> list;
  for (const auto& value : json.is_array() ? json : Json::array()) {
    if (value.is_number_integer() && value >= 1) list.push_back(value.get<std::int64_t>());
  }
  if (list.empty() || list.size() != json.size()) {
    throw UsageError("--" + name + " " + parsed[name].as<std::string>() +
                     ": expected whole numbers of at least 1, such as 2,8,32");
  }
  return list;
}

// Expected peak memory in bytes, float32: parameters and optimizer state, the gradient of the
// largest weight, and the activations and gradients of the samples of a step (docs/benchmarks.md).
double formula(const BenchRule& rule, const Config& config, double parameters, double optimizer) {
  const auto& widths = config.model.widths;
  const auto widest = static_cast<double>(*std::max_element(widths.begin(), widths.end()));
  double largest = kPixels * static_cast<double>(widths.front());
  for (std::size_t l = 1; l < widths.size(); ++l) {
    largest = std::max(largest, static_cast<double>(widths[l - 1] * widths[l]));
  }
  const auto batch = static_cast<double>(config.batch_size);
  const bool ff = std::string(rule.type) == "ff";
  const double hidden =
      static_cast<double>(std::accumulate(widths.begin(), widths.end() - 1, std::int64_t{0}));
  const double rows =
      ff ? 2 * batch * (kPixels + 3 * widest) : batch * (kPixels + hidden + 2 * widest);
  return parameters + optimizer + sizeof(float) * (largest + rows);
}

Row measure(const BenchRule& rule,
            const Config& config,
            std::int64_t depth,
            const at::Device& device) {
  const auto images =
      at::randint(0, 256, {config.batch_size, 1, 28, 28}, at::TensorOptions(at::kByte));
  const auto labels = at::arange(config.batch_size, at::kLong).remainder(kClasses);
  const auto train = ImageSet(images, labels, kClasses, {{0.5}, {0.5}}).to(device);
  Row row{rule.name,
          depth,
          config.batch_size,
          training_memory(config, train, PhasesMeasured::kFirstAndLast)};
  row.formula = formula(rule, config, row.memory.parameters, row.memory.state);
  return row;
}

Config config_for(const BenchRule& rule, const cxxopts::ParseResult& parsed, std::int64_t depth) {
  std::vector<std::int64_t> widths(depth, parsed["width"].as<std::int64_t>());
  if (std::string(rule.type) == "bp") widths.back() = kClasses;
  Json json = {{"name", "bench"},
               {"model", {{"type", rule.type}, {"widths", widths}}},
               {"optimizer", {{"type", parsed["optimizer"].as<std::string>()}}},
               {"engine", parsed["engine"].as<std::string>()}};
  if (std::string(rule.type) == "ff") json["schedule"]["type"] = rule.schedule;
  return config_from(json, "ff bench");
}

void check_choice(const cxxopts::ParseResult& parsed,
                  const std::string& option,
                  const std::vector<std::string>& allowed) {
  const auto given = parsed[option].as<std::string>();
  if (std::find(allowed.begin(), allowed.end(), given) != allowed.end()) return;
  throw UsageError("--" + option + " " + given + ": allowed: " + joined(allowed));
}

// The columns common to both tables.
std::string text_of(const TrainingMemory& memory, const std::optional<double>& formula) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1);
  const auto add = [&](double bytes) { text << std::setw(11) << bytes / kMebibyte; };
  for (const auto bytes : {memory.peak(), memory.parameters, memory.state, memory.working}) {
    add(bytes);
  }
  if (formula) add(*formula);
  add(memory.evaluate);
  return text.str();
}

Json to_json(const TrainingMemory& memory) {
  return {{"peak_bytes", memory.peak()},
          {"parameter_bytes", memory.parameters},
          {"working_bytes", memory.working},
          {"evaluate_bytes", memory.evaluate}};
}

Json measure_depths(const cxxopts::ParseResult& parsed, const at::Device& device) {
  const auto depths = list_of(parsed, "depths"), batches = list_of(parsed, "batches");
  // report a wrong config before the table's header
  for (const auto& rule : kRules) config_for(rule, parsed, depths.front());
  std::cout << "MiB              layers  batch       peak parameters  optimizer    working"
               "    formula   evaluate\n";
  Json rows = Json::array();
  for (const auto batch : batches) {
    for (const auto depth : depths) {
      for (const auto& rule : kRules) {
        auto config = config_for(rule, parsed, depth);
        config.batch_size = batch;
        const auto row = measure(rule, config, depth, device);
        std::cout << std::left << std::setw(16) << row.rule << std::right << std::setw(7)
                  << row.depth << std::setw(7) << row.batch << text_of(row.memory, row.formula)
                  << std::endl;
        auto json = to_json(row.memory);
        json.update({{"rule", row.rule},
                     {"depth", row.depth},
                     {"batch_size", row.batch},
                     {"optimizer_bytes", row.memory.state},
                     {"formula_bytes", row.formula}});
        rows.push_back(json);
      }
    }
  }
  std::cout << "\npeak = parameters + optimizer (its state) + working (gradients and activations), "
               "measured\nover two steps; formula: the expected peak (docs/benchmarks.md); "
               "evaluate: 1,000 images.\n";
  return rows;
}

TrainingMemory memory_of(const Config& config, const ImageSet& train) {
  try {
    return training_memory(config, train, PhasesMeasured::kAll);
  } catch (const std::invalid_argument& error) {  // the config does not fit the data
    throw ConfigError(config.file + ": " + plain_text(error));
  }
}

Json measure_configs(const std::vector<Config>& configs, const RunSettings& settings) {
  std::size_t width = std::string("MiB").size();
  for (const auto& config : configs) width = std::max(width, config.name.size());
  std::cout << std::left << std::setw(static_cast<int>(width)) << "MiB" << std::right
            << "  batch       peak parameters      state    working   evaluate\n";
  Json rows = Json::array();
  DatasetCache dataset_cache(settings);
  for (const auto& config : configs) {
    const auto& train = dataset_cache.get(config).split.train;
    const auto memory = memory_of(config, train);
    std::cout << std::left << std::setw(static_cast<int>(width)) << config.name << std::right
              << std::setw(7) << config.batch_size << text_of(memory, std::nullopt) << std::endl;
    auto json = to_json(memory);
    json.update(
        {{"name", config.name}, {"batch_size", config.batch_size}, {"state_bytes", memory.state}});
    rows.push_back(json);
  }
  std::cout << "\npeak = parameters + state (of the optimizer and the rule) + working (gradients "
               "and activations),\nmeasured over two steps of each phase; evaluate: "
               "evaluate.batch_size images, in addition to memory already in use. Excluded:\nthe "
               "program and LibTorch (120 MiB), the data set and its cache (fused.cache_mib).\n";
  return rows;
}

}  // namespace

int bench_command(int argc, char** argv) {
  auto options = bench_options();
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  auto files = values_of(parsed, "what");
  if (files.empty() || files.front() != "memory") {
    throw UsageError("missing argument; expected: ff bench memory");
  }
  files.erase(files.begin());
  check_choice(parsed, "optimizer", OptimizerOptions::names());
  check_choice(parsed, "engine", {"fused", "autograd"});
  const auto file = parsed.count("json") ? output_name(parsed, "json") : "";
  const auto settings = machine_settings(parsed);
  Json rows;
  if (files.empty()) {
    if (parsed.count("set"))
      throw UsageError("--set needs a config: ff bench memory CONFIG... --set KEY=VALUE");
    rows = measure_depths(parsed, settings.device);
  } else {
    for (const auto* option : {"depths", "batches", "width", "optimizer", "engine"}) {
      if (parsed.count(option)) {
        throw UsageError("--" + std::string(option) +
                         ": has no effect with a config; change the config with --set");
      }
    }
    rows = measure_configs(load_configs(files, set_options(parsed)), settings);
  }
  if (!file.empty()) write_file(file, rows.dump(2) + "\n");
  return 0;
}

}  // namespace ff::experiments
