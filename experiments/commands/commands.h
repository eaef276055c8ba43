// Commands of the program ff. Each receives the command line from the command's name on (argv[0] is
// "ff run", ...) and returns the exit status: 0 success, 1 failure, 2 wrong usage.
#pragma once

#include <stdexcept>

namespace ff::experiments {

/// A wrong command line; the program prints the message and exits with status 2.
struct UsageError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

int run_command(int argc, char** argv);
int sweep_command(int argc, char** argv);
int table_command(int argc, char** argv);
int compare_command(int argc, char** argv);
int evaluate_command(int argc, char** argv);
int data_command(int argc, char** argv);
int config_command(int argc, char** argv);
int bench_command(int argc, char** argv);
int bench_schedules_command(int argc, char** argv);
int records_command(int argc, char** argv);
int samples_command(int argc, char** argv);
int export_command(int argc, char** argv);
int plot_command(int argc, char** argv);  // these two become a Python process, and do not return
int report_command(int argc, char** argv);

}  // namespace ff::experiments
