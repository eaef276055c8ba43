// What the commands' command lines share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <cxxopts.hpp>

#include "experiments/run/runner.h"

namespace ff::experiments {

/// As options.parse, but a mistake is told by the option's name, with the nearest one there is.
/// Throws UsageError or cxxopts' exceptions.
cxxopts::ParseResult parse_options(cxxopts::Options& options, int argc, char** argv);

/// All values of an option that may be repeated; none when it is absent.
std::vector<std::string> values_of(const cxxopts::ParseResult& parsed, const std::string& name);

/// The value of an option that names what is to be written. Throws UsageError where it is empty.
std::string output_name(const cxxopts::ParseResult& parsed, const std::string& option);

/// Prints an option list to standard output; returns 0.
int print_help(const cxxopts::Options& options);

/// Adds --device, --threads and --data-root.
void add_machine_options(cxxopts::Options& options);

/// Reads them and sets the threads up. Throws UsageError or std::invalid_argument.
RunSettings machine_settings(const cxxopts::ParseResult& parsed);

/// Adds what ff run and ff sweep share: which keys to change, where to run, --help and the machine.
void add_run_options(cxxopts::Options& options);

/// The "a.b=VALUE" of --set. Throws UsageError where one has another form.
std::vector<std::string> set_options(const cxxopts::ParseResult& parsed);

/// The "a.b=VALUE" of --set and --seeds.
std::vector<std::string> assignments(const cxxopts::ParseResult& parsed);

/// Reads configs, changed by `assignments`; the mistakes of all of them, and those that `check`
/// throws, come in one ConfigError.
std::vector<Config> load_configs(
    const std::vector<std::string>& files,
    const std::vector<std::string>& assignments,
    const std::function<void(const Config&)>& check = [](const Config&) {});

/// Reads the other shared options; errors as in machine_settings.
RunSettings run_settings(const cxxopts::ParseResult& parsed, const std::string& command);

/// The arguments with which a process of its own makes a run of `config_file`.
std::vector<std::string> process_arguments(const cxxopts::ParseResult& parsed,
                                           const RunSettings& settings,
                                           const Run& run,
                                           const std::string& config_file);

/// What was typed, as one line.
std::string command_line(int argc, char** argv);

}  // namespace ff::experiments
