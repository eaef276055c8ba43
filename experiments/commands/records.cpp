// ff records: packs run folders into one record file without tensors, and unpacks it.
#include <algorithm>
#include <iostream>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/files.h"
#include "experiments/records/pack.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

std::string counted(const RecordFile& records) {
  const auto unfinished =
      std::count_if(records.runs.begin(), records.runs.end(), [](const auto& run) {
        return run.status == RunStatus::kUnfinished;
      });
  return std::to_string(records.runs.size()) + (records.runs.size() == 1 ? " run" : " runs") +
         (unfinished > 0 ? " (" + std::to_string(unfinished) + " unfinished)" : "");
}

// Throws unless `file` ends in .jsonl and does not exist or is a record file, to avoid overwriting
// other files.
void check_target(const fs::path& file) {
  if (file.extension() != ".jsonl") {
    throw UsageError("--out " + file.string() + ": the name of a record file must end in .jsonl");
  }
  std::error_code error;
  if (fs::exists(file, error) && !is_record_file(file)) {
    throw std::runtime_error(file.string() +
                             ": exists and is not a record file; choose another --out");
  }
}

int pack_command(const std::vector<std::string>& sources,
                 const fs::path& out,
                 const PackOptions& options) {
  check_target(out);
  const auto records = pack({sources.begin(), sources.end()}, options);
  write_file(out, to_text(records));
  std::cerr << "ff records: packed " << counted(records) << " into " << out.string() << "\n";
  return 0;
}

int unpack_command(const std::vector<std::string>& sources, const fs::path& out) {
  if (sources.size() != 1) {
    throw UsageError("expected one record file, got " + std::to_string(sources.size()) +
                     ": ff records unpack FILE.jsonl --out DIR");
  }
  const fs::path file = sources.front();
  const auto records = read_record_file(file);
  unpack(file, records, out);
  std::cerr << "ff records: unpacked " << counted(records) << " into " << out.string() << "\n";
  return 0;
}

}  // namespace

int records_command(int argc, char** argv) {
  cxxopts::Options options(
      "ff records",
      "Packs run folders (config, environment, result, metrics; no weights) into one JSON Lines "
      "file,\nwhich 'ff table' and 'ff compare' read like run folders; or unpacks such a file.\n");
  options.custom_help(
      "pack DIR... --out FILE.jsonl [OPTION...]\n  ff records unpack FILE.jsonl --out DIR");
  options.add_options()                                                              //
      ("words", "", cxxopts::value<std::vector<std::string>>())                      //
      ("out", "file or folder to write", cxxopts::value<std::string>(), "PATH")      //
      ("strip-paths", "omit the data folder and the command line from environment")  //
      ("candidates", "also pack the candidate runs of a sweep")                      //
      ("h,help", "show this help");
  options.parse_positional("words");
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  auto words = values_of(parsed, "words");
  const auto what = words.empty() ? std::string() : words.front();
  if (what != "pack" && what != "unpack") {
    throw UsageError(
        "expected 'ff records pack DIR... --out FILE.jsonl' or 'ff records unpack "
        "FILE.jsonl --out DIR'");
  }
  words.erase(words.begin());
  if (words.empty()) throw UsageError("no files or folders to " + what);
  if (!parsed.count("out"))
    throw UsageError("--out is required: the destination to " + what + " to");
  const fs::path out = parsed["out"].as<std::string>();
  const PackOptions how{.strip_paths = parsed.count("strip-paths") > 0,
                        .candidates = parsed.count("candidates") > 0,
                        .out = out};
  if (what == "pack") return pack_command(words, out, how);
  for (const auto* option : {"strip-paths", "candidates"}) {
    if (parsed.count(option))
      throw UsageError("--" + std::string(option) + ": allowed only with pack");
  }
  return unpack_command(words, out);
}

}  // namespace ff::experiments
