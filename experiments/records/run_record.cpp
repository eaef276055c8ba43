#include "experiments/records/run_record.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "experiments/files.h"
#include "experiments/records/record_file.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator item(folder, error), end; !error && item != end;
       item.increment(error)) {
    std::error_code of_item;  // errors of a single entry (a dangling link) are ignored
    if (item->is_directory(of_item) && !item->is_symlink(of_item)) found.push_back(item->path());
  }
  if (error) throw std::runtime_error("cannot read " + folder.string() + ": " + error.message());
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<fs::path> record_files_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& item : fs::directory_iterator(folder, error)) {
    const auto& file = item.path();
    if (file.extension() == ".jsonl" && is_record_file(file)) found.push_back(file);
  }
  std::sort(found.begin(), found.end());
  return found;
}

void add(FoundRuns& found, RecordFile records) {
  for (auto& run : records.runs) {
    auto& list = run.status == RunStatus::kUnfinished ? found.unfinished : found.finished;
    list.push_back(std::move(run));
  }
  for (auto& choice : records.choices) found.choices.push_back(std::move(choice));
}

RunStatus status_of(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / "DIVERGED", error)) return RunStatus::kDiverged;
  return fs::exists(folder / "DONE", error) ? RunStatus::kDone : RunStatus::kUnfinished;
}

RunRecord empty_record(const fs::path& folder) {
  return {folder, Json::object(), Json::object(), Json::object(), {}, status_of(folder)};
}

void walk(const fs::path& folder, FoundRuns& found) {
  if (is_run_folder(folder)) {
    if (has_result(folder)) {
      found.finished.push_back(read_run(folder));
    } else {
      found.unfinished.push_back(empty_record(folder));
    }
    return;
  }
  std::error_code error;
  const auto choice = folder / "choice.json";
  if (fs::exists(choice, error)) found.choices.push_back({folder, read_record(choice)});
  for (const auto& inner : folders_in(folder)) walk(inner, found);
  for (const auto& file : record_files_in(folder)) add(found, read_record_file(file));
}

Json read_if_exists(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error) ? read_record(file) : Json::object();
}

RunRecord only_run(const fs::path& path, const RecordPlace& place) {
  auto records = read_records(place);
  if (records.runs.size() != 1) {
    throw std::runtime_error(
        path.string() + ": holds " + std::to_string(records.runs.size()) +
        " runs; name one, such as " +
        (records.runs.empty() ? place.file / "NAME" / "seed-0" : records.runs.front().folder)
            .string());
  }
  return std::move(records.runs.front());
}

}  // namespace

bool is_run_folder(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "config.json", error) || has_result(folder);
}

bool has_result(const fs::path& folder) { return status_of(folder) != RunStatus::kUnfinished; }

Json read_record(const fs::path& file) {
  Problems problems(file.string());
  auto record = read_json_file(file, problems);
  problems.throw_if_any();
  return record;
}

RunRecord read_run(const fs::path& folder) {
  auto run = empty_record(folder);
  run.config = read_record(folder / "config.json");
  run.environment = read_if_exists(folder / "environment.json");
  const auto file = folder / "result.json";
  run.result = read_record(file);
  if (!run.result.value("name", Json()).is_string()) {
    throw std::runtime_error(file.string() + ": name: expected a string");
  }
  if (!run.result.value("seed", Json()).is_number_integer()) {
    throw std::runtime_error(file.string() + ": seed: expected a whole number");
  }
  return run;
}

std::vector<Json> metrics_lines(const fs::path& folder) {
  const auto file = folder / "metrics.jsonl";
  std::vector<Json> metrics;
  std::error_code error;
  if (!fs::exists(file, error)) return metrics;
  std::istringstream lines(read_file(file));
  for (std::string text; std::getline(lines, text);) {
    auto json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.value("epoch", Json()).is_number_integer()) {
      throw std::runtime_error(file.string() + ": line " + std::to_string(metrics.size() + 1) +
                               ": expected a JSON object with a whole number \"epoch\"");
    }
    metrics.push_back(std::move(json));
  }
  return metrics;
}

RunRecord read_whole_run(const fs::path& path) {
  if (!is_run_folder(path)) {
    if (const auto place = place_in_record_file(path)) return only_run(path, *place);
    throw std::runtime_error(path.string() +
                             ": neither a run folder (no config.json) nor a run of a record file; "
                             "expected DIR/NAME/seed-N or FILE.jsonl/NAME/seed-N");
  }
  auto run = empty_record(path);
  run.config = read_if_exists(path / "config.json");
  run.environment = read_if_exists(path / "environment.json");
  run.result = read_if_exists(path / "result.json");
  run.metrics = metrics_lines(path);
  return run;
}

FoundRuns find_runs(const fs::path& path) {
  std::error_code error;
  FoundRuns found;
  if (fs::is_directory(path, error)) {
    auto folder = path.lexically_normal();
    // strips the trailing slash of "runs/"
    if (!folder.has_filename()) folder = folder.parent_path();
    walk(folder, found);
    return found;
  }
  if (const auto place = place_in_record_file(path)) {
    add(found, read_records(*place));
    return found;
  }
  throw std::runtime_error(path.string() +
                           (fs::exists(path, error)
                                ? ": neither a folder nor a record file; expected a run folder, a "
                                  "folder above it, or a file of 'ff records pack' (FILE.jsonl)"
                                : ": no such folder or record file"));
}

}  // namespace ff::experiments
