#include "experiments/commands/options.h"

#include <iostream>

#include "experiments/commands/commands.h"
#include "experiments/run/environment.h"
#include "ff/device.h"

namespace ff::experiments {

std::vector<std::string> values_of(const cxxopts::ParseResult& parsed, const std::string& name) {
  std::vector<std::string> values;
  // cxxopts would split a value at its commas, and lists in JSON have commas; so take what it was
  // given, word by word.
  for (const auto& argument : parsed.arguments()) {
    if (argument.key() == name) values.push_back(argument.value());
  }
  return values;
}

int print_help(const cxxopts::Options& options) {
  std::cout << options.help();
  return 0;
}

void add_machine_options(cxxopts::Options& options) {
  options.add_options()  //
      ("device",
       "auto, cpu, cuda or cuda:N; emulated: a GPU's engine on the CPU, for tests",
       cxxopts::value<std::string>()->default_value("auto"),
       "NAME")  //
      ("threads",
       "threads on the CPU; 0: the cores at hand",
       cxxopts::value<std::int64_t>()->default_value("0"),
       "N")  //
      ("data-root", "where data sets are looked for first", cxxopts::value<std::string>(), "DIR");
}

RunSettings machine_settings(const cxxopts::ParseResult& parsed) {
  const auto threads = parsed["threads"].as<std::int64_t>();
  if (threads < 0 || threads > 4096) {
    throw UsageError("--threads " + std::to_string(threads) + ": allowed: 0 to 4096");
  }
  set_up_threads(threads);
  RunSettings settings;
  settings.device = pick_device(parsed["device"].as<std::string>());
  if (parsed.count("data-root")) settings.data_root = parsed["data-root"].as<std::string>();
  return settings;
}

std::string command_line(int argc, char** argv) {
  std::string text;
  for (int i = 0; i < argc; ++i) text += (i ? " " : "") + std::string(argv[i]);
  return text;
}

}  // namespace ff::experiments
