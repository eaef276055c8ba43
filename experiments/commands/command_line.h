// Command-line options that several commands share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <cxxopts.hpp>

#include "experiments/run/runner.h"

namespace ff::experiments {

/// Parses like options.parse(), but the errors for an unknown option (with the nearest known one)
/// or a value that is not a number name the option. Throws UsageError or an exception of cxxopts.
cxxopts::ParseResult parse_options(cxxopts::Options& options, int argc, char** argv);

/// Returns all values of a repeatable option; empty if it is absent.
std::vector<std::string> values_of(const cxxopts::ParseResult& parsed, const std::string& name);

/// Returns the value of an option that names an output file or folder. Throws UsageError if it is
/// empty.
std::string output_name(const cxxopts::ParseResult& parsed, const std::string& option);

/// Prints the help of the options to standard output; returns 0.
int print_help(const cxxopts::Options& options);

/// Adds --device, --threads and --data-root.
void add_machine_options(cxxopts::Options& options);

/// Reads these options and sets the number of threads. Throws UsageError or std::invalid_argument.
RunSettings machine_settings(const cxxopts::ParseResult& parsed);

/// Adds the options that ff run and ff sweep share: --set, --seeds, --out, --jobs, --resume,
/// --dry-run, --quiet, --help, and those of add_machine_options().
void add_run_options(cxxopts::Options& options);

/// Returns the "a.b=VALUE" of --set. Throws UsageError if one is malformed.
std::vector<std::string> set_options(const cxxopts::ParseResult& parsed);

/// Returns the "a.b=VALUE" of --set, and --seeds as "seeds=[...]".
std::vector<std::string> assignments(const cxxopts::ParseResult& parsed);

/// Loads configs, changed by `assignments`, and passes each to `check`. Throws one ConfigError with
/// the problems of all configs, including those thrown by `check`.
std::vector<Config> load_configs(
    const std::vector<std::string>& files,
    const std::vector<std::string>& assignments,
    const std::function<void(const Config&)>& check = [](const Config&) {});

/// Reads the options of add_run_options() and add_machine_options(). Throws as machine_settings().
RunSettings run_settings(const cxxopts::ParseResult& parsed, const std::string& command);

/// Returns the arguments of `ff run` for a separate process (--jobs) that makes one run of
/// `config_file`.
std::vector<std::string> process_arguments(const cxxopts::ParseResult& parsed,
                                           const RunSettings& settings,
                                           const Run& run,
                                           const std::string& config_file);

/// Returns the command line as one string, separated by spaces.
std::string command_line(int argc, char** argv);

}  // namespace ff::experiments
