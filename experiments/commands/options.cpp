#include "experiments/commands/options.h"

#include <iostream>

#include <c10/util/Exception.h>

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

std::string command_line(int argc, char** argv) {
  std::string text;
  for (int i = 0; i < argc; ++i) text += (i ? " " : "") + std::string(argv[i]);
  return text;
}

std::string plain_text(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  return torch_error ? torch_error->what_without_backtrace() : error.what();
}

}  // namespace ff::experiments
