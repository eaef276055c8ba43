// The commands of the program ff. Each takes what follows "ff" on the command line, argv[0] being
// "ff run" and so on, and returns the exit status: 0 done, 1 failed, 2 wrong usage.
#pragma once

#include <stdexcept>

namespace ff::experiments {

/// A command line that cannot be understood; the program prints it and exits with 2.
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
int records_command(int argc, char** argv);
int samples_command(int argc, char** argv);
int plot_command(int argc, char** argv);  // these two become a Python process, and do not return
int report_command(int argc, char** argv);

}  // namespace ff::experiments
