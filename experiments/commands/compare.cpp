// ff compare: tests whether two runs made identical computations.
#include "experiments/compare/compare.h"

#include <iostream>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"

namespace ff::experiments {

int compare_command(int argc, char** argv) {
  cxxopts::Options options(
      "ff compare",
      "Compares two run folders, of ff or of the Python reference: configs, metrics, "
      "checkpoints\ntensor by tensor, predictions and accuracies. Exit status 0: identical, 1: "
      "different.\nA run of a record file, FILE.jsonl/NAME/seed-N, has no tensors: only metrics "
      "and accuracies are\ncompared.\n");
  options.custom_help("DIR_A DIR_B");
  options.add_options()("h,help", "show this help");
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  const auto& folders = parsed.unmatched();
  if (folders.size() != 2) {
    throw UsageError("expected two run folders, got " + std::to_string(folders.size()) +
                     ": ff compare DIR_A DIR_B");
  }
  const auto comparison = compare_runs(folders[0], folders[1]);
  std::cout << report(comparison);
  return comparison.identical() ? 0 : 1;
}

}  // namespace ff::experiments
