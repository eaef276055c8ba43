// ff evaluate: evaluates the network of a finished run, and prunes it.
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <iostream>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <cxxopts.hpp>

#include "experiments/checkpoint.h"
#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/config/config.h"
#include "experiments/files.h"
#include "experiments/records/run_record.h"
#include "experiments/run/environment.h"
#include "experiments/run/final_evaluation.h"
#include "experiments/run/random_order.h"
#include "experiments/run/runner.h"
#include "experiments/table/data_record.h"
#include "ff/core/find_choice.h"
#include "ff/core/text.h"
#include "ff/engines/compute_device.h"

namespace ff::experiments {
namespace {

cxxopts::Options evaluate_options() {
  cxxopts::Options options("ff evaluate",
                           "Evaluates the network of a finished run again, and prunes it.\n");
  options.positional_help("RUN_FOLDER");
  options.add_options()                                        //
      ("run", "", cxxopts::value<std::vector<std::string>>())  //
      ("on",
       "train, validation or test",
       cxxopts::value<std::string>()->default_value("test"),
       "SET")  //
      ("prune",
       "also with these fractions of the weights set to zero",
       cxxopts::value<std::string>(),
       "0.5,0.9")  //
      ("scope",
       "prune each layer, or the network as a whole",
       cxxopts::value<std::string>()->default_value("layer"),
       "layer|network")  //
      ("save",
       "write labels, predictions and scores (of Forward-Forward by layer too: goodness, negated "
       "under min-ssq) to a file that torch.load reads",
       cxxopts::value<std::string>(),
       "FILE.pt")  //
      ("h,help", "show this help");
  add_machine_options(options);
  options.parse_positional("run");
  return options;
}

// Returns the pruning options, checked by the same rules as a config's.
PruneOptions prune_options(const cxxopts::ParseResult& parsed) {
  if (!parsed.count("prune")) {
    if (parsed.count("scope"))
      throw UsageError("--scope has no effect without --prune; add --prune");
    return {};
  }
  Json json = {{"name", "evaluate"}, {"prune", {{"scope", parsed["scope"].as<std::string>()}}}};
  const auto text = "[" + parsed["prune"].as<std::string>() + "]";
  const auto ratios = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (ratios.is_discarded()) throw UsageError("--prune: expected ratios such as 0.5,0.9");
  json["prune"]["ratios"] = ratios;
  return config_from(json, "ff evaluate").prune;
}

const ImageSet& choose_set(const DataSplit& split, const std::string& name) {
  if (name == "train") return split.train;
  if (name == "test") return split.test;
  if (name != "validation") throw UsageError("--on " + name + ": allowed: train, validation, test");
  if (split.validation.size() == 0) {
    throw std::runtime_error(
        "--on validation: the run has no validation images (dataset.validation.count 0)");
  }
  return split.validation;
}

Config config_of_run(const std::filesystem::path& folder) {
  for (const auto* name : {"config.json", "checkpoint.pt", "DONE"}) {
    if (!std::filesystem::exists(folder / name)) {
      throw std::runtime_error(
          folder.string() + ": is not a finished run (" +
          (std::filesystem::exists(folder / "DIVERGED") ? "it diverged: no " : "no ") + name +
          "); name a folder such as runs/NAME/seed-0");
    }
  }
  return load_config(folder / "config.json", {});
}

void refuse_to_prune_untrained(const Config& config, const PruneOptions& prune) {
  if (prune.ratios.empty() || config.schedule.epochs > 0) return;
  throw std::runtime_error("--prune: " + config.name +
                           " was not trained (schedule.epochs 0), so it cannot be pruned");
}

// printf to std::cout, because main checks std::cout for write errors at exit.
__attribute__((format(printf, 1, 2))) void print(const char* format, ...) {
  std::va_list values, again;
  va_start(values, format);
  va_copy(again, values);
  const int size = std::vsnprintf(nullptr, 0, format, values);
  std::string text(static_cast<std::size_t>(std::max(size, 0)) + 1, '\0');
  std::vsnprintf(text.data(), text.size(), format, again);
  va_end(values);
  va_end(again);
  text.pop_back();  // terminating null
  std::cout << text;
}

// Prints a warning if the data differ from those the run was trained on; throws std::runtime_error
// if the network does not fit them.
void check_data(const std::filesystem::path& folder,
                const LoadedData& data,
                const RunSettings& settings) {
  if (!std::filesystem::exists(folder / "environment.json")) return;
  const auto trained = read_record(folder / "environment.json");
  const auto now = environment(settings.device, {}, data, "");
  const auto differences = data_differences(now, trained);
  if (differences.empty()) return;
  if (!same_kind_of_data(now, trained)) {
    throw std::runtime_error(folder.string() + ": was trained on other data: " +
                             joined(differences) + "; pass that data with --data-root");
  }
  std::cerr << "ff evaluate: warning: the data differ from those of " << folder.string() << ": "
            << joined(differences) << "\n";
}

// Prints the number of images, of correct predictions, recall and precision of each class.
void print_classes(const at::Tensor& labels, const at::Tensor& predictions, std::int64_t classes) {
  const auto count = [](const at::Tensor& mask) { return mask.sum().item<std::int64_t>(); };
  print("%5s  %8s  %8s  %8s  %9s\n", "class", "images", "found", "recall", "precision");
  for (std::int64_t c = 0; c < classes; ++c) {
    const auto images = count(labels == c);
    const auto guesses = count(predictions == c);
    const auto found = count((labels == c).logical_and(predictions == c));
    const auto share = [&](std::int64_t n) {
      return n > 0 ? static_cast<double>(found) / static_cast<double>(n) : 0.0;
    };
    print("%5lld  %8lld  %8lld  %8.4f  %9.4f\n",
          static_cast<long long>(c),
          static_cast<long long>(images),
          static_cast<long long>(found),
          share(images),
          share(guesses));
  }
}

std::string list_text(const std::vector<double>& values) {
  std::vector<std::string> words;
  for (const auto value : values) words.push_back(fixed(value, 4));
  return joined(words);
}

void print_accuracies(const std::string& title, const Evaluation& result) {
  print("%s: accuracy %.4f\n", title.c_str(), result.accuracy);
  for (const auto& [name, accuracy] : result.by_method) {
    if (result.by_method.size() > 1) print("  by %s: %.4f\n", name.c_str(), accuracy);
  }
  if (result.by_prefix.empty()) return;
  print("  first 1, 2, ... layers: %s\n  each layer alone:       %s\n",
        list_text(result.by_prefix).c_str(),
        list_text(result.by_layer).c_str());
}

void save_scores(const std::string& file,
                 Learner& learner,
                 const ImageSet& set,
                 std::int64_t block) {
  std::vector<at::Tensor> classes, layers;
  for (std::int64_t begin = 0; begin < set.size(); begin += block) {
    const auto scores = learner.scores(set.rows(begin, std::min(begin + block, set.size())));
    classes.push_back(scores.classes.cpu());
    if (scores.by_layer.defined()) layers.push_back(scores.by_layer.cpu());
  }
  TensorDict tensors = {{"labels", set.labels.cpu()}, {"scores", at::cat(classes)}};
  tensors["predictions"] = tensors["scores"].argmax(/*dim=*/1);
  if (!layers.empty()) tensors["scores_by_layer"] = at::cat(layers);
  save_tensors(file, tensors);
  print("wrote %s\n", file.c_str());
}

}  // namespace

int evaluate_command(int argc, char** argv) {
  auto options = evaluate_options();
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  const auto folders = values_of(parsed, "run");
  if (folders.size() != 1) throw UsageError("expected one run folder");
  const auto prune = prune_options(parsed);
  const auto file = parsed.count("save") ? output_name(parsed, "save") : "";
  const auto config = config_of_run(folders[0]);
  refuse_to_prune_untrained(config, prune);
  const auto settings = machine_settings(parsed);
  DatasetCache dataset_cache(settings);
  const auto& data = dataset_cache.get(config);
  const auto& split = data.split;
  for (const auto& warning : data.warnings) {
    std::cerr << "ff evaluate: warning: " << warning << "\n";
  }
  check_data(folders[0], data, settings);
  const auto name = parsed["on"].as<std::string>();
  const auto& set = choose_set(split, name);

  PythonRandom random(0);
  std::string note;
  const auto learner =
      RandomOrder("plain").make_learner(config, config.seeds[0], split.train, random, note);
  load_model(std::filesystem::path(folders[0]) / "checkpoint.pt", *learner);
  const auto block = config.evaluate.batch_size;
  const auto result = evaluate(*learner, set, block);
  print_classes(set.labels.cpu(), result.predictions, set.classes);
  print_accuracies(name, result);
  if (!file.empty()) save_scores(file, *learner, set, block);
  for_each_pruning(*learner, prune, [&](double ratio) {
    print_accuracies(name + ", " + Json(ratio).dump() + " of the weights pruned",
                     evaluate(*learner, set, block));
  });
  return 0;
}

}  // namespace ff::experiments
