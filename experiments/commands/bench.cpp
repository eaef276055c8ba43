// ff bench memory: the memory of training against depth, measured, and as a formula.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <numeric>

#include <ATen/Functions.h>

#include <cxxopts.hpp>

#include "experiments/commands/commands.h"
#include "experiments/commands/options.h"
#include "experiments/config/config.h"
#include "experiments/files.h"
#include "experiments/learners.h"
#include "ff/choice.h"
#include "ff/device.h"
#include "ff/tensor_memory.h"

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
  double parameters = 0, optimizer = 0;  // bytes held from the start
  double working = 0;                    // gradients and activations: the rest of the peak
  double formula = 0;                    // the whole, as docs/benchmarks.md writes it
  double evaluate = 0;                   // above what is held, for a block of 1,000 images
  double peak() const { return parameters + optimizer + working; }
};

cxxopts::Options bench_options() {
  cxxopts::Options options("ff bench",
                           "Measures the memory that tensors take in training, layer by layer of "
                           "--width units.\n");
  options.positional_help("memory");
  options.add_options()                                                                        //
      ("what", "", cxxopts::value<std::vector<std::string>>())                                 //
      ("depths", "layers", cxxopts::value<std::string>()->default_value("2,8,32,64"), "LIST")  //
      ("batches",
       "images per step",
       cxxopts::value<std::string>()->default_value("64,4096"),
       "LIST")                                                                                    //
      ("width", "units of a layer", cxxopts::value<std::int64_t>()->default_value("1024"), "N")   //
      ("optimizer", "adam or sgd", cxxopts::value<std::string>()->default_value("adam"), "TYPE")  //
      ("engine",
       "fused or autograd",
       cxxopts::value<std::string>()->default_value("fused"),
       "NAME")                                                                         //
      ("json", "write the rows to a file too", cxxopts::value<std::string>(), "FILE")  //
      ("h,help", "show this");
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

double bytes_of(const std::vector<at::Tensor>& tensors) {
  double sum = 0;
  for (const auto& tensor : tensors) sum += static_cast<double>(tensor.nbytes());
  return sum;
}

// P parameters, Q of the largest weight, R rows in a step: float32 throughout.
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

// The most bytes that tensors on `device` held while `work` ran, above what they held before.
double peak_above(const at::Device& device, const std::function<void()>& work) {
  if (device.is_cpu()) return static_cast<double>(measure_tensors(work).peak);
  synchronize(device);
  reset_peak_memory(device);  // the peak is then what tensors hold now
  const auto before = peak_memory_bytes(device);
  work();
  synchronize(device);
  return static_cast<double>(peak_memory_bytes(device) - before);
}

Row measure(const BenchRule& rule,
            const Config& config,
            std::int64_t depth,
            const at::Device& device) {
  const auto images =
      at::randint(0, 256, {config.batch_size, 1, 28, 28}, at::TensorOptions(at::kByte));
  const auto labels = at::arange(config.batch_size, at::kLong).remainder(kClasses);
  const auto train = ImageSet(images, labels, kClasses, {{0.5}, {0.5}}).to(device);
  const auto everything = at::arange(config.batch_size, at::kLong);
  PythonRandom random(0);
  std::unique_ptr<Learner> learner;
  const auto training = peak_above(device, [&] {
    learner = find_learner(rule.type).make(config, train, random);
    const auto phases = learner->phases();
    for (const auto* phase : {&phases.front(), &phases.back()}) {
      learner->train_batch(*phase, {{everything, everything}});
    }
  });
  Row row{rule.name, depth, config.batch_size};
  for (const auto& item : learner->model()) row.parameters += bytes_of({item.second});
  for (const auto& item : learner->training_state()) row.optimizer += bytes_of({item.second});
  row.working = training - row.parameters - row.optimizer;
  row.formula = formula(rule, config, row.parameters, row.optimizer);
  const auto rows = at::rand({1000, kPixels}).to(device);
  row.evaluate = peak_above(device, [&] { learner->scores(rows); });
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
  auto config = config_from(json, "ff bench");
  config.fused.cache_mib = 0;  // what it would hold is the data set's, not the network's
  return config;
}

void check_choice(const cxxopts::ParseResult& parsed,
                  const std::string& option,
                  const std::vector<std::string>& allowed) {
  const auto given = parsed[option].as<std::string>();
  if (std::find(allowed.begin(), allowed.end(), given) != allowed.end()) return;
  throw UsageError("--" + option + " " + given + ": allowed: " + joined(allowed));
}

void print(const Row& row) {
  std::printf("%-16s %6lld %6lld %10.1f %10.1f %10.1f %10.1f %10.1f %10.1f\n",
              row.rule.c_str(),
              static_cast<long long>(row.depth),
              static_cast<long long>(row.batch),
              row.peak() / kMebibyte,
              row.parameters / kMebibyte,
              row.optimizer / kMebibyte,
              row.working / kMebibyte,
              row.formula / kMebibyte,
              row.evaluate / kMebibyte);
  std::fflush(stdout);
}

Json to_json(const Row& row) {
  return {{"rule", row.rule},
          {"depth", row.depth},
          {"batch_size", row.batch},
          {"peak_bytes", row.peak()},
          {"parameter_bytes", row.parameters},
          {"optimizer_bytes", row.optimizer},
          {"working_bytes", row.working},
          {"formula_bytes", row.formula},
          {"evaluate_bytes", row.evaluate}};
}

}  // namespace

int bench_command(int argc, char** argv) {
  auto options = bench_options();
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  if (values_of(parsed, "what") != std::vector<std::string>{"memory"}) {
    throw UsageError("expected what to measure: ff bench memory");
  }
  check_choice(parsed, "optimizer", OptimizerOptions::names());
  check_choice(parsed, "engine", {"fused", "autograd"});
  const auto device = machine_settings(parsed).device;
  const auto depths = list_of(parsed, "depths"), batches = list_of(parsed, "batches");
  for (const auto& rule : kRules) config_for(rule, parsed, depths.front());  // mistakes come first
  std::printf(
      "MiB              layers  batch       peak parameters  optimizer    working    formula   "
      "evaluate\n");
  Json rows = Json::array();
  for (const auto batch : batches) {
    for (const auto depth : depths) {
      for (const auto& rule : kRules) {
        auto config = config_for(rule, parsed, depth);
        config.batch_size = batch;
        const auto row = measure(rule, config, depth, device);
        print(row);
        rows.push_back(to_json(row));
      }
    }
  }
  std::printf(
      "\npeak = parameters + optimizer (its state) + working (gradients and activations), "
      "measured\n"
      "over two steps; formula: what it should be (docs/benchmarks.md); evaluate: 1,000 images.\n");
  if (parsed.count("json")) write_file(parsed["json"].as<std::string>(), rows.dump(2) + "\n");
  return 0;
}

}  // namespace ff::experiments
