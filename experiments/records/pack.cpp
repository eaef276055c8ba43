#include "experiments/records/pack.h"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <system_error>

#include "experiments/files.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

// Returns the path NAME/seed-N of a run relative to `source`, which may also be the folder of the
// run or of its experiment.
fs::path folder_within(const fs::path& folder, const fs::path& source) {
  auto within = folder.lexically_relative(source);
  if (within == ".") within.clear();
  auto above = fs::absolute(source).lexically_normal();
  if (!above.has_filename()) above = above.parent_path();
  while (std::distance(within.begin(), within.end()) < 2 && above.has_filename()) {
    within = within.empty() ? above.filename() : above.filename() / within;
    above = above.parent_path();
  }
  return within;
}

// Maps the folder of a sweep with a choice to the names of the follow-up experiments.
using Followed = std::map<fs::path, std::set<std::string>>;

Followed followed_by(const std::vector<FoundChoice>& choices) {
  Followed followed;
  for (const auto& choice : choices) {
    const auto chosen = choice.json.find("chosen");
    if (chosen == choice.json.end() || !chosen->is_object()) {
      throw std::runtime_error((choice.folder / "choice.json").string() +
                               ": chosen: expected an object {...}");
    }
    auto& names = followed[choice.folder];
    for (const auto& item : chosen->items()) {
      const auto then = item.value().value("then", Json::array());
      for (const auto& name : then) names.insert(name.get<std::string>());
    }
  }
  return followed;
}

bool is_candidate(const RunRecord& run, const Followed& followed) {
  const auto experiment = run.folder.parent_path();
  const auto found = followed.find(experiment.parent_path());
  return found != followed.end() && !found->second.contains(experiment.filename().string());
}

bool is_in_folder(const RunRecord& run) {
  std::error_code error;
  return fs::is_directory(run.folder, error);
}

// Returns true if a run or choice was read from `file`, which is about to be overwritten.
bool is_in_file(const fs::path& folder, const fs::path& file) {
  const auto place = place_in_record_file(folder);
  std::error_code error;
  return place && fs::equivalent(place->file, file, error);
}

void check(const RunRecord& run) {
  const bool ended = run.status != RunStatus::kUnfinished;
  if (ended && run.diverged() != (run.status == RunStatus::kDiverged)) {
    throw std::runtime_error(run.folder.string() + ": result.json " +
                             (run.diverged() ? "says that the run diverged, but DONE exists"
                                             : "has no \"diverged\", but DIVERGED exists"));
  }
  const auto& seeds = run.config.value("seeds", Json());
  const bool has_seed = seeds.is_array() && !seeds.empty() && seeds[0].is_number_integer();
  if (!ended && (!run.config.value("name", Json()).is_string() || !has_seed)) {
    throw std::runtime_error((run.folder / "config.json").string() +
                             ": expected a \"name\" and the run's seed in \"seeds\"");
  }
}

// Adds the data that find_runs() does not read from run folders.
RunRecord whole(RunRecord run) {
  if (!is_in_folder(run)) return run;
  if (run.status == RunStatus::kUnfinished) return read_whole_run(run.folder);
  run.metrics = metrics_lines(run.folder);
  return run;
}

// Removes machine-specific paths: the command line, the data folder and the "data" key in which
// older versions stored it.
void strip_paths(Json& environment) {
  const auto folder = environment.value("data_folder", std::string());
  for (const auto* key : {"data_folder", "command"}) environment.erase(key);
  if (environment.contains("data") && environment["data"].is_string()) environment.erase("data");
  if (folder.empty() || !environment.contains("warnings")) return;
  for (auto& warning : environment["warnings"]) {
    auto text = warning.get<std::string>();
    for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder, at + 3)) {
      text.replace(at, folder.size(), "...");
    }
    warning = text;
  }
}

class Packer {
 public:
  explicit Packer(const PackOptions& options) : options_(options) {}

  void add(const fs::path& source) {
    auto path = source.lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    auto found = find_runs(path);
    const auto followed = options_.candidates ? Followed() : followed_by(found.choices);
    auto& runs = found.finished;
    std::move(found.unfinished.begin(), found.unfinished.end(), std::back_inserter(runs));
    std::stable_sort(
        runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.folder < b.folder; });
    size_t packed = 0;
    for (auto& run : runs) {
      if (is_candidate(run, followed) || is_in_file(run.folder, options_.out)) continue;
      add(whole(std::move(run)), path);
      ++packed;
    }
    if (packed == 0) throw std::runtime_error(source.string() + ": no run in it to pack");
    for (auto& choice : found.choices) {
      if (is_in_file(choice.folder, options_.out)) continue;
      choice.folder = choice.folder.lexically_relative(path);
      records_.choices.push_back(std::move(choice));
    }
  }

  RecordFile finish() { return std::move(records_); }

 private:
  void add(RunRecord run, const fs::path& source) {
    check(run);
    const auto folder = folder_within(run.folder, source);
    const auto [first, is_new] = folders_.try_emplace(folder, run.folder);
    if (!is_new) {
      throw std::runtime_error(first->second.string() + " and " + run.folder.string() +
                               ": both would be " + folder.string() +
                               "; pack them into two files, or pass a folder above both");
    }
    run.folder = folder;
    if (options_.strip_paths) strip_paths(run.environment);
    records_.runs.push_back(std::move(run));
  }

  PackOptions options_;
  std::map<fs::path, fs::path> folders_;  // packed folder -> folder in which it was found
  RecordFile records_;
};

void refuse_existing(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error) || (fs::is_directory(path, error) && fs::is_empty(path, error)))
    return;
  throw std::runtime_error(path.string() + ": already exists; choose another --out, or remove it");
}

void write_run(const fs::path& folder, const RunRecord& run) {
  fs::create_directories(folder);
  write_file(folder / "config.json", run.config.dump(2) + "\n");
  if (!run.environment.empty()) {
    write_file(folder / "environment.json", run.environment.dump(2) + "\n");
  }
  std::string lines;
  for (const auto& line : run.metrics) lines += line.dump() + "\n";
  if (!lines.empty()) write_file(folder / "metrics.jsonl", lines);
  if (!run.result.empty()) write_file(folder / "result.json", run.result.dump(2) + "\n");
  if (run.status == RunStatus::kUnfinished) return;
  write_file(folder / (run.status == RunStatus::kDiverged ? "DIVERGED" : "DONE"), "");
}

}  // namespace

RecordFile pack(const std::vector<fs::path>& sources, const PackOptions& options) {
  Packer packer(options);
  for (const auto& source : sources) packer.add(source);
  return packer.finish();
}

void unpack(const fs::path& file, const RecordFile& records, const fs::path& out) {
  const auto target = [&](const fs::path& folder) {
    return (out / folder.lexically_relative(file)).lexically_normal();
  };
  for (const auto& run : records.runs) refuse_existing(target(run.folder));
  for (const auto& choice : records.choices) refuse_existing(target(choice.folder) / "choice.json");
  for (const auto& choice : records.choices) {
    fs::create_directories(target(choice.folder));
    write_file(target(choice.folder) / "choice.json", choice.json.dump(2) + "\n");
  }
  for (const auto& run : records.runs) write_run(target(run.folder), run);
}

}  // namespace ff::experiments
