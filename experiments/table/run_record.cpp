#include "experiments/table/run_record.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator item(folder, error), end; !error && item != end;
       item.increment(error)) {
    std::error_code of_item;  // of a link that leads nowhere: no reason not to read on
    if (item->is_directory(of_item) && !item->is_symlink(of_item)) found.push_back(item->path());
  }
  if (error) throw std::runtime_error("cannot read " + folder.string() + ": " + error.message());
  std::sort(found.begin(), found.end());
  return found;
}

void walk(const fs::path& folder, FoundRuns& found) {
  if (is_run_folder(folder)) {
    (has_result(folder) ? found.finished : found.unfinished).push_back(folder);
    return;
  }
  for (const auto& inner : folders_in(folder)) walk(inner, found);
}

}  // namespace

bool is_run_folder(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "config.json", error) || has_result(folder);
}

bool has_result(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "DONE", error) || fs::exists(folder / "DIVERGED", error);
}

Json read_record(const fs::path& file) {
  Problems problems(file.string());
  auto record = read_json_file(file, problems);
  problems.throw_if_any();
  return record;
}

RunRecord read_run(const fs::path& folder) {
  RunRecord run{folder, read_record(folder / "config.json"), Json::object(), Json::object()};
  const auto environment = folder / "environment.json";
  if (fs::exists(environment)) run.environment = read_record(environment);
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

FoundRuns find_runs(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw std::runtime_error(folder.string() +
                             (fs::exists(folder) ? ": is no folder; name a run's, or one above it"
                                                 : ": no such folder"));
  }
  auto path = folder.lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "runs/" has an empty name
  FoundRuns found;
  walk(path, found);
  return found;
}

}  // namespace ff::experiments
