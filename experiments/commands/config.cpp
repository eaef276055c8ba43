// ff config: every key, its default and what it means.
#include "experiments/config/config.h"

#include <iostream>

#include <cxxopts.hpp>

#include "experiments/commands/commands.h"
#include "experiments/commands/options.h"

namespace ff::experiments {
namespace {

void print_text() {
  for (const auto& key : config_keys()) {
    std::cout << key.path << " = " << key.default_value << "\n    " << key.help
              << "\n    allowed: " << key.allowed << "\n";
  }
}

// A cell of a Markdown table must not hold the sign that ends it.
void print_markdown() {
  std::cout << "| key | default | allowed | meaning |\n|---|---|---|---|\n";
  for (const auto& key : config_keys()) {
    std::cout << "| `" << key.path << "` | `" << key.default_value << "` | " << key.allowed << " | "
              << key.help << " |\n";
  }
}

}  // namespace

int config_command(int argc, char** argv) {
  cxxopts::Options options("ff config",
                           "Prints every key of a config, its default and what it means.\n");
  options.add_options()  //
      ("format",
       "text, markdown or schema (JSON Schema)",
       cxxopts::value<std::string>()->default_value("text"),
       "NAME")  //
      ("h,help", "show this");
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  if (!parsed.unmatched().empty()) {
    throw UsageError("'" + parsed.unmatched()[0] + "': ff config prints all keys, it takes none");
  }
  const auto format = parsed["format"].as<std::string>();
  if (format == "schema") {
    std::cout << config_schema().dump(2) << "\n";
  } else if (format == "markdown") {
    print_markdown();
  } else if (format == "text") {
    print_text();
  } else {
    throw UsageError("--format " + format + ": allowed: text, markdown, schema");
  }
  return 0;
}

}  // namespace ff::experiments
