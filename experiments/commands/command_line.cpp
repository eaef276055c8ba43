#include "experiments/commands/command_line.h"

#include <algorithm>
#include <iostream>

#include <ATen/Parallel.h>

#include "experiments/commands/commands.h"
#include "experiments/config/reader.h"
#include "experiments/run/environment.h"
#include "experiments/run/run_all.h"
#include "ff/engines/compute_device.h"

namespace ff::experiments {
namespace {

std::vector<std::string> option_names(const cxxopts::Options& options) {
  std::vector<std::string> names;
  for (const auto& group : options.groups()) {
    for (const auto& option : options.group_help(group).options) {
      for (const auto& name : option.l) names.push_back("--" + name);
    }
  }
  return names;
}

// Returns "--threads" for "--threads" and "--threads=2"; empty for other words.
std::string option_of(const std::string& word) {
  return word.starts_with("--") ? word.substr(0, word.find('=')) : std::string();
}

void refuse_unknown_option(const cxxopts::Options& options, int argc, char** argv) {
  const auto names = option_names(options);
  const auto is_known = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (int i = 1; i < argc; ++i) {
    const auto option = option_of(argv[i]);
    if (option.size() <= 2 || is_known(option)) continue;
    const auto near = nearest(option, names);
    throw UsageError(option + ": no such option" +
                     (!near.empty()       ? "; did you mean '" + near + "'?"
                      : is_known("--set") ? "; a key of the config is changed by --set KEY=VALUE"
                                          : ""));
  }
}

void refuse_no_number(const std::string& complaint, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto option = option_of(word);
    if (option.empty()) continue;
    const auto value = option.size() < word.size() ? word.substr(option.size() + 1)
                       : i + 1 < argc              ? std::string(argv[i + 1])
                                                   : std::string();
    if (value.empty() || complaint.find(value) == std::string::npos) continue;
    throw UsageError(option + " " + value + ": expected a number");
  }
}

}  // namespace

cxxopts::ParseResult parse_options(cxxopts::Options& options, int argc, char** argv) {
  try {
    return options.parse(argc, argv);
  } catch (const cxxopts::exceptions::no_such_option&) {
    refuse_unknown_option(options, argc, argv);
    throw;
  } catch (const cxxopts::exceptions::incorrect_argument_type& error) {
    refuse_no_number(error.what(), argc, argv);
    throw;
  }
}

std::vector<std::string> values_of(const cxxopts::ParseResult& parsed, const std::string& name) {
  std::vector<std::string> values;
  // as<std::vector<std::string>>() splits values at commas, which JSON lists contain; arguments()
  // has the values unsplit.
  for (const auto& argument : parsed.arguments()) {
    if (argument.key() == name) values.push_back(argument.value());
  }
  return values;
}

std::string output_name(const cxxopts::ParseResult& parsed, const std::string& option) {
  auto name = parsed[option].as<std::string>();
  if (name.empty())
    throw UsageError("--" + option + " '': is empty; expected a file or folder name");
  return name;
}

int print_help(const cxxopts::Options& options) {
  std::cout << options.help();
  return 0;
}

void add_machine_options(cxxopts::Options& options) {
  options.add_options()  //
      ("device",
       "auto, cpu, cuda or cuda:N; emulated: the GPU engine on the CPU, for tests",
       cxxopts::value<std::string>()->default_value("auto"),
       "NAME")  //
      ("threads",
       "CPU threads; 0: all available cores",
       cxxopts::value<std::int64_t>()->default_value("0"),
       "N")  //
      ("data-root",
       "the only folder searched for data sets; default: dataset.root, FF_DATA, ./data",
       cxxopts::value<std::string>(),
       "DIR");
}

RunSettings machine_settings(const cxxopts::ParseResult& parsed) {
  const auto threads = parsed["threads"].as<std::int64_t>();
  if (threads < 0 || threads > 4096) {
    throw UsageError("--threads " + std::to_string(threads) + ": allowed: 0 to 4096");
  }
  set_up_threads(threads);
  RunSettings settings;
  const auto device = parsed["device"].as<std::string>();
  if (!is_device_name(device)) {
    throw UsageError("--device " + device + ": allowed: " + kDeviceNames);
  }
  settings.device = pick_device(device);
  if (parsed.count("data-root")) settings.data_root = parsed["data-root"].as<std::string>();
  return settings;
}

void add_run_options(cxxopts::Options& options) {
  options.add_options()  //
      ("set",
       "change a key: --set optimizer.learning_rate=0.03; without a VALUE, remove the key or "
       "section: "
       "--set model.threshold= (may be repeated)",
       cxxopts::value<std::vector<std::string>>(),
       "a.b=VALUE")  //
      ("seeds",
       "seeds to use instead of the config's",
       cxxopts::value<std::string>(),
       "0,1,2")  //
      ("out",
       "folder for the run folders",
       cxxopts::value<std::string>()->default_value("runs"),
       "DIR")  //
      ("jobs",
       "concurrent runs: on a GPU, small networks are trained together; on a CPU, each run is a "
       "process with its share of the threads; 0: 8 small networks on a GPU, 1 run on a CPU",
       cxxopts::value<std::int64_t>()->default_value("0"),
       "N")                                                                    //
      ("resume", "continue unfinished runs")                                   //
      ("dry-run", "check everything and print the runs without running them")  //
      ("quiet", "do not print progress")                                       //
      ("h,help", "show this help");
  add_machine_options(options);
}

std::vector<Config> load_configs(const std::vector<std::string>& files,
                                 const std::vector<std::string>& assignments,
                                 const std::function<void(const Config&)>& check) {
  std::vector<Config> configs;
  std::string problems;
  for (const auto& file : files) {
    try {
      configs.push_back(load_config(file, assignments));
      check(configs.back());
    } catch (const ConfigError& error) {
      problems += (problems.empty() ? "" : "\n") + std::string(error.what());
    }
  }
  if (!problems.empty()) throw ConfigError(problems);
  return configs;
}

std::vector<std::string> set_options(const cxxopts::ParseResult& parsed) {
  auto list = values_of(parsed, "set");
  for (const auto& assignment : list) {
    if (const auto problem = assignment_problem(assignment); !problem.empty()) {
      throw UsageError(problem);
    }
  }
  return list;
}

std::vector<std::string> assignments(const cxxopts::ParseResult& parsed) {
  auto list = set_options(parsed);
  if (!parsed.count("seeds")) return list;
  const auto seeds = parsed["seeds"].as<std::string>();
  const auto json = Json::parse("[" + seeds + "]", nullptr, /*allow_exceptions=*/false);
  const bool whole = json.is_array() && !json.empty() &&
                     std::all_of(json.begin(), json.end(), [](const Json& seed) {
                       return seed.is_number_unsigned();
                     });
  if (!whole) {
    throw UsageError("--seeds " + seeds +
                     ": expected whole numbers of at least 0, such as 0 or 0,1,2");
  }
  list.push_back("seeds=[" + seeds + "]");
  return list;
}

RunSettings run_settings(const cxxopts::ParseResult& parsed, const std::string& command) {
  auto settings = machine_settings(parsed);
  settings.out = output_name(parsed, "out");
  settings.resume = parsed.count("resume") > 0;
  settings.quiet = parsed.count("quiet") > 0 || parsed.count("dry-run") > 0;
  settings.command = command;
  settings.jobs = parsed["jobs"].as<std::int64_t>();
  if (settings.jobs < 0 || settings.jobs > 1024) {
    throw UsageError("--jobs " + std::to_string(settings.jobs) + ": allowed: 0 to 1024");
  }
  // --jobs processes share the threads: from here on, the thread count is that of one process
  if (in_processes(settings)) {
    set_up_threads(std::max<std::int64_t>(1, at::get_num_threads() / settings.jobs));
  }
  return settings;
}

std::vector<std::string> process_arguments(const cxxopts::ParseResult& parsed,
                                           const RunSettings& settings,
                                           const Run& run,
                                           const std::string& config_file) {
  std::vector<std::string> arguments = {"run", config_file};
  const auto add = [&](const std::string& option, const std::string& value) {
    arguments.insert(arguments.end(), {"--" + option, value});
  };
  add("seeds", std::to_string(run.config.seeds[0]));
  add("out", settings.out.string());
  add("device", "cpu");
  add("threads", std::to_string(at::get_num_threads()));
  if (parsed.count("data-root")) add("data-root", parsed["data-root"].as<std::string>());
  for (const auto* flag : {"resume", "quiet"}) {
    if (parsed.count(flag)) arguments.push_back(std::string("--") + flag);
  }
  return arguments;
}

std::string command_line(int argc, char** argv) {
  std::string text;
  for (int i = 0; i < argc; ++i) text += (i ? " " : "") + std::string(argv[i]);
  return text;
}

}  // namespace ff::experiments
