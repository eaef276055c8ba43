// ff config: prints all config keys with their defaults and descriptions, or a minimal config.
#include "experiments/config/config.h"

#include <filesystem>
#include <iostream>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"

namespace ff::experiments {
namespace {

void print_text() {
  for (const auto& key : config_keys()) {
    std::cout << key.path << " = " << key.default_value << "\n    " << key.help
              << "\n    allowed: " << key.allowed << "\n";
  }
}

// No help text contains '|', which would end a table cell.
void print_markdown() {
  std::cout << "| key | default | allowed | meaning |\n|---|---|---|---|\n";
  for (const auto& key : config_keys()) {
    std::cout << "| `" << key.path << "` | `" << key.default_value << "` | " << key.allowed << " | "
              << key.help << " |\n";
  }
}

// Prints the config of a file or of a run folder, without default values and keys without effect.
void print_minimal(const cxxopts::ParseResult& parsed) {
  std::filesystem::path file = parsed["minimal"].as<std::string>();
  if (std::filesystem::exists(file / "config.json")) file /= "config.json";
  std::cout << minimal(load_config(file, set_options(parsed))).dump(2) << "\n";
}

}  // namespace

int config_command(int argc, char** argv) {
  cxxopts::Options options(
      "ff config", "Prints every config key with its default, allowed values and meaning.\n");
  options.add_options()  //
      ("minimal",
       "print this config, or that of a run, without keys that have the default value or no effect",
       cxxopts::value<std::string>(),
       "CONFIG|RUN")  //
      ("set",
       "with --minimal: change a key first, as ff run does (may be repeated)",
       cxxopts::value<std::vector<std::string>>(),
       "a.b=VALUE")  //
      ("format",
       "text, markdown or schema (JSON Schema)",
       cxxopts::value<std::string>()->default_value("text"),
       "NAME")  //
      ("h,help", "show this help");
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  if (!parsed.unmatched().empty()) {
    throw UsageError("'" + parsed.unmatched()[0] +
                     "': ff config takes no keys; a config is named by "
                     "--minimal CONFIG");
  }
  if (parsed.count("minimal")) {
    if (parsed.count("format")) throw UsageError("--minimal prints JSON; --format is for all keys");
    print_minimal(parsed);
    return 0;
  }
  if (parsed.count("set")) throw UsageError("--set requires --minimal CONFIG");
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
