// ff data: lists the data sets and their folders, and downloads them.
#include <iostream>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/data/command.h"

namespace ff::experiments {

int data_command(int argc, char** argv) {
  cxxopts::Options options(
      "ff data", "Lists the data sets and where they are found; 'get NAME' downloads one.\n");
  options.positional_help("[get NAME]");
  options.add_options()                                          //
      ("words", "", cxxopts::value<std::vector<std::string>>())  //
      ("data-root",
       "folder searched first for data sets, and download folder",
       cxxopts::value<std::string>(),
       "DIR")  //
      ("h,help", "show this help");
  options.parse_positional("words");
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  std::optional<std::string> root;
  if (parsed.count("data-root")) root = parsed["data-root"].as<std::string>();
  const auto words = values_of(parsed, "words");
  if (words.empty()) return list_datasets(std::cout, root);
  if (words.size() != 2 || words[0] != "get") {
    throw UsageError("expected 'ff data' or 'ff data get NAME'");
  }
  return get_dataset(words[1], root, std::cerr);
}

}  // namespace ff::experiments
