// ff export: writes a network as C code for a microcontroller.
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include <cxxopts.hpp>

#include "experiments/checkpoint.h"
#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/export/edge_memory.h"
#include "experiments/export/from_config.h"
#include "experiments/export/quantize.h"
#include "experiments/files.h"
#include "experiments/plain_text.h"
#include "experiments/run/random_order.h"
#include "experiments/run/runner.h"
#include "ff/core/tensor_dict.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

cxxopts::Options export_options() {
  cxxopts::Options options("ff export",
                           "Writes a network as C99 code that infers and trains in static memory: "
                           "of a finished run with its\nweights, of a config with weights that the "
                           "C code draws.\n");
  options.positional_help("RUN_FOLDER|CONFIG");
  options.add_options()                                                               //
      ("source", "", cxxopts::value<std::vector<std::string>>())                      //
      ("to", "language: c", cxxopts::value<std::string>()->default_value("c"), "c")   //
      ("out", "folder to write, new or empty", cxxopts::value<std::string>(), "DIR")  //
      ("name",
       "C identifier that all names begin with; default: the experiment's name",
       cxxopts::value<std::string>(),
       "NAME")  //
      ("ram",
       "refuse a network whose static memory and stack exceed this: 65536, 256K, 1M",
       cxxopts::value<std::string>(),
       "BYTES")  //
      ("storage",
       "weights in memory; bf16 and int8 are rounded stochastically in training",
       cxxopts::value<std::string>()->default_value("float32"),
       "float32|bf16|int8")                                     //
      ("inference", "without training; weights stay in flash")  //
      ("samples",
       "training images for the example and the comparison with ff",
       cxxopts::value<std::int64_t>()->default_value("20"),
       "N")  //
      ("set",
       "change a key of the config: a.b=VALUE; may be repeated",
       cxxopts::value<std::vector<std::string>>(),
       "a.b=VALUE")  //
      ("h,help", "show this help");
  add_machine_options(options);
  options.parse_positional("source");
  return options;
}

EdgeStorage storage_of(const std::string& name) {
  for (const auto storage : {EdgeStorage::kFloat32, EdgeStorage::kBfloat16, EdgeStorage::kInt8}) {
    if (name_of(storage) == name) return storage;
  }
  throw UsageError("--storage " + name + ": allowed: float32, bf16, int8");
}

// Returns the folder to write. Throws if it is not empty.
fs::path empty_folder(const cxxopts::ParseResult& parsed) {
  if (!parsed.count("out")) throw UsageError("no folder to write: ff export RUN|CONFIG --out DIR");
  const fs::path folder = output_name(parsed, "out");
  if (fs::exists(folder) && (!fs::is_directory(folder) || !fs::is_empty(folder))) {
    throw std::runtime_error(folder.string() +
                             ": is not an empty folder; name a new one with --out");
  }
  return folder;
}

// Returns the config of a run folder or of a config file.
Config config_of(const fs::path& source, const std::vector<std::string>& sets) {
  if (!fs::is_directory(source)) return load_config(source, sets);
  if (fs::exists(source / "DIVERGED")) {
    throw std::runtime_error(source.string() + ": the run diverged; its weights are of no use");
  }
  for (const auto* name : {"config.json", "checkpoint.pt"}) {
    if (!fs::exists(source / name)) {
      throw std::runtime_error(source.string() + ": is not a run (no " + name +
                               "); name a folder such as runs/NAME/seed-0, or a config");
    }
  }
  return load_config(source / "config.json", sets);
}

// Loads the network alone, since --set may have changed the optimizer.
void load_weights(const fs::path& file, Learner& learner) {
  try {
    copy_into(learner.model(), load_checkpoint(file).at("model"));
  } catch (const std::exception& error) {
    throw std::runtime_error(file.string() + ": is not of this network: " + plain_text(error));
  }
}

[[noreturn]] void refuse(const fs::path& source, const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + source.string() + ": " + line;
  throw std::runtime_error(text);
}

// Describes the network and, if it is trained, what it answers to the samples.
std::map<std::string, std::string> files_of(const fs::path& source,
                                            const Config& config,
                                            const ExportChoice& choice,
                                            const cxxopts::ParseResult& parsed) {
  const auto settings = machine_settings(parsed);
  DatasetCache dataset_cache(settings);
  const auto& train = dataset_cache.get(config).split.train;
  auto net = edge_net(config, train, choice);
  std::unique_ptr<Learner> learner;
  if (choice.trained) {
    PythonRandom random(0);
    std::string note;
    learner = RandomOrder("plain").make_learner(config, config.seeds[0], train, random, note);
    load_weights(source / "checkpoint.pt", *learner);
    take_weights(net, learner->model());
  }
  const auto problems = problems_of(net);
  if (!problems.empty()) refuse(source, problems);
  if (parsed.count("ram")) {
    const auto text = parsed["ram"].as<std::string>();
    const auto ram = parse_ram(text);
    if (!ram) throw UsageError("--ram " + text + ": expected bytes, such as 65536, 256K or 1M");
    const auto problem = ram_problem(net, *ram);
    if (!problem.empty()) refuse(source, {problem});
  }
  if (learner) give_weights(as_stored(net), learner->model());
  return c_files(net, edge_samples(train, parsed["samples"].as<std::int64_t>(), learner.get()));
}

}  // namespace

int export_command(int argc, char** argv) {
  auto options = export_options();
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  const auto sources = values_of(parsed, "source");
  if (sources.size() != 1) throw UsageError("expected one run folder or config");
  const auto to = parsed["to"].as<std::string>();
  if (to != "c") throw UsageError("--to " + to + ": allowed: c");
  const auto samples = parsed["samples"].as<std::int64_t>();
  if (samples < 1 || samples > 1000) {
    throw UsageError("--samples " + std::to_string(samples) + ": allowed: 1 to 1000");
  }
  const auto folder = empty_folder(parsed);
  const fs::path source = sources[0];
  const auto config = config_of(source, set_options(parsed));
  const ExportChoice choice = {
      .name = parsed.count("name") ? output_name(parsed, "name") : config.name,
      .storage = storage_of(parsed["storage"].as<std::string>()),
      .inference = parsed.count("inference") > 0,
      .trained = fs::is_directory(source)};
  const auto problems = export_problems(config, choice);
  if (!problems.empty()) refuse(source, problems);
  const auto files = files_of(source, config, choice, parsed);
  for (const auto& note : export_notes(config, choice))
    std::cerr << "ff export: note: " << note << "\n";
  if (const auto error = make_folders(folder)) {
    throw std::runtime_error(folder.string() + ": " + error.message());
  }
  for (const auto& [name, text] : files) write_file(folder / name, text);
  std::cout << files.at("memory.txt") << "\nwrote " << folder.string()
            << "; compare with ff: make -C " << folder.string() << "\n";
  return 0;
}

}  // namespace ff::experiments
