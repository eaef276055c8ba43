#include "experiments/program.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/config/reader.h"
#include "experiments/files.h"
#include "experiments/plain_text.h"
#include "experiments/run/environment.h"
#include "experiments/run/stop.h"
#include "experiments/standard_output.h"

namespace ff::experiments {
namespace {

struct Command {
  const char* name;
  const char* help;
  int (*run)(int, char**);
};

const std::vector<Command> kCommands = {
    {"run", "run the experiments of JSON configs", run_command},
    {"sweep", "run configs over a grid of values and choose the best", sweep_command},
    {"table", "make a table of finished runs", table_command},
    {"plot", "draw a figure of runs, for a paper", plot_command},
    {"report", "write a page about runs, for a browser", report_command},
    {"compare", "compare two runs, tensor by tensor", compare_command},
    {"records", "pack runs, without weights, into one file, or unpack it", records_command},
    {"evaluate", "evaluate or prune the network of a finished run", evaluate_command},
    {"data", "list the data sets found, or download one", data_command},
    {"samples", "draw positives, negatives and masks as a PNG", samples_command},
    {"export", "write a network as C code for a microcontroller", export_command},
    {"bench", "measure training memory; simulate pipeline schedules", bench_command},
    {"config", "list all config keys with default and meaning", config_command},
};

void print_usage(std::ostream& out) {
  out << "Trains neural networks without backpropagation, from JSON configs.\n\nUsage:\n";
  for (const auto& command : kCommands) {
    out << "  ff " << command.name << std::string(10 - std::string(command.name).size(), ' ')
        << command.help << "\n";
  }
  out << "  ff --version\n\nRun 'ff COMMAND --help' for the options of a command.\n";
}

int dispatch(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "--help";
  if (name == "--help" || name == "-h" || name == "help") {
    print_usage(std::cout);
    return 0;
  }
  if (name == "--version") {
    std::cout << version_text();
    return 0;
  }
  std::vector<std::string> names;
  for (const auto& command : kCommands) {
    names.emplace_back(command.name);
    if (name != command.name) continue;
    std::string full = std::string("ff ") + command.name;
    argv[1] = full.data();
    return command.run(argc - 1, argv + 1);
  }
  const auto near = nearest(name, names);
  throw UsageError("unknown command '" + name + "'" +
                   (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

// Hints at the help of the command, or at the general help if no command was given.
std::string help_hint(const std::string& name) {
  for (const auto& command : kCommands) {
    if (name == command.name) return "\ntry 'ff " + name + " --help'";
  }
  return "\ntry 'ff --help', or 'ff COMMAND --help'";
}

// Prefixes each line with the program's name, since a message may list several problems.
void print_error(const std::string& text) {
  std::string line;
  std::istringstream lines(text);
  while (std::getline(lines, line)) std::cerr << "ff: " << line << "\n";
}

void register_all(const Additions& additions) {
  for (const auto& one : additions.activations) register_activation(one);
  for (const auto& one : additions.layers) register_layer(one);
  for (const auto& one : additions.goodnesses) register_goodness(one);
  for (const auto& one : additions.losses) register_loss(one);
  for (const auto& one : additions.objectives) register_objective(one);
  for (const auto& one : additions.rules) register_learner(one);
  for (const auto& one : additions.data_kinds) register_data_kind(one);
}

int run(int argc, char** argv, const Additions& additions) {
  const std::string name = argc > 1 ? argv[1] : "";
  try {
    register_all(additions);
    return dispatch(argc, argv);
  } catch (const UsageError& error) {
    print_error(error.what() + help_hint(name));
    return 2;
  } catch (const cxxopts::exceptions::exception& error) {
    print_error(error.what() + help_hint(name));
    return 2;
  } catch (const Interrupted& error) {
    print_error(error.what());
    return 130;
  } catch (const std::exception& error) {
    print_error(plain_text(error));
    return 1;
  }
}

// std::terminate handler, for exceptions thrown in a thread or through a noexcept function of
// LibTorch.
[[noreturn]] void exit_immediately() {
  std::string text = "terminated by an unexpected error";
  try {
    if (const auto error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::exception& error) {
    const auto memory = out_of_memory_text(error);
    text = memory ? *memory +
                        "; run the same command with --resume to continue from the last checkpoint"
                  : text + ": " + plain_text(error);
  } catch (...) {
  }
  write_all(STDERR_FILENO, "ff: " + text + "\n");
  std::_Exit(1);
}

// Turns a failed write to standard output into a failure. For a closed pipe (ff table | head) the
// program ends silently by SIGPIPE, as Unix tools do.
int checked(int code, int output_error) {
  if (output_error == 0) return code;
  if (output_error == EPIPE && code == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  if (output_error != EPIPE) {
    print_error("cannot write to standard output: " +
                std::generic_category().message(output_error));
  }
  return code == 0 ? 1 : code;
}

}  // namespace

int run_program(int argc, char** argv, const Additions& additions) {
  std::set_terminate(exit_immediately);
  // Exceeding a file size limit (RLIMIT_FSIZE) then fails with EFBIG instead of being fatal.
  std::signal(SIGXFSZ, SIG_IGN);
  occupy_closed_streams();
  StandardOutput output;
  const int code = run(argc, argv, additions);
  return checked(code, output.finish());
}

}  // namespace ff::experiments
