#include "experiments/records/record_file.h"

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "experiments/config/reader.h"
#include "experiments/files.h"
#include "experiments/records/line_reader.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

// Compares path components: "a/b" is in "a", "a/bc" is not in "a/b".
bool is_in(const fs::path& path, const fs::path& folder) {
  const auto relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

std::runtime_error nothing_at(const RecordPlace& place, const RecordFile& all) {
  std::vector<std::string> folders;
  for (const auto& run : all.runs) {
    const auto inner = run.folder.lexically_relative(place.file);
    folders.push_back(inner.string());
    folders.push_back(inner.parent_path().string());
  }
  const auto near = nearest(place.inner.string(), folders);
  return std::runtime_error(place.file.string() + ": it holds no run " + place.inner.string() +
                            (near.empty()
                                 ? "; 'ff table " + place.file.string() + "' shows its runs"
                                 : "; did you mean " + near + "?"));
}

// Deduplicates environments: each distinct one is stored once and referenced by number.
class Environments {
 public:
  std::string id_of(const Json& environment) {
    const auto text = environment.dump();
    const auto [found, is_new] = ids_.try_emplace(text, std::to_string(ids_.size() + 1));
    if (is_new) list_[found->second] = environment;
    return found->second;
  }

  const Json& list() const { return list_; }

 private:
  std::map<std::string, std::string> ids_;
  Json list_ = Json::object();
};

Json json_of(const RunRecord& run, Environments& environments) {
  const bool ended = run.status != RunStatus::kUnfinished;
  const auto folder = run.folder.generic_string();
  Json line = {{"name", run.config.value("name", Json())}, {"seed", Json()}};
  if (ended) line.update({{"name", run.result.at("name")}, {"seed", run.result.at("seed")}});
  if (!ended && run.config.contains("seeds")) line["seed"] = run.config["seeds"].at(0);
  if (folder != default_folder(line)) line["folder"] = folder;
  line["status"] = status_name(run.status);
  line["environment"] = environments.id_of(run.environment);
  line["config"] = run.config;
  if (!run.result.empty()) line["result"] = run.result;
  line["metrics"] = run.metrics;
  return line;
}

}  // namespace

std::optional<RecordPlace> place_in_record_file(const fs::path& path) {
  std::error_code error;
  fs::path inner;
  for (auto file = path.lexically_normal(); !file.empty(); file = file.parent_path()) {
    if (file.extension() == ".jsonl" && fs::exists(file, error) && !fs::is_directory(file, error)) {
      return RecordPlace{file, inner};
    }
    if (!file.has_relative_path()) break;
    if (file.has_filename()) inner = inner.empty() ? file.filename() : file.filename() / inner;
  }
  return std::nullopt;
}

bool is_record_file(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return false;
  std::ifstream stream(file, std::ios::binary);
  std::string begin(std::string(kFirstKey).size() + 3, '\0');
  stream.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return stream && begin == "{\"" + std::string(kFirstKey) + "\"";
}

RecordFile read_record_file(const fs::path& file) {
  std::istringstream lines(read_file(file));
  LineReader reader(file);
  for (std::string line; std::getline(lines, line);) reader.read(line);
  return reader.finish();
}

RecordFile read_records(const RecordPlace& place) {
  auto all = read_record_file(place.file);
  if (place.inner.empty()) return all;
  const auto folder = place.file / place.inner;
  RecordFile found;
  for (auto& run : all.runs) {
    if (is_in(run.folder, folder)) found.runs.push_back(std::move(run));
  }
  for (auto& choice : all.choices) {
    if (is_in(choice.folder, folder)) found.choices.push_back(std::move(choice));
  }
  if (found.runs.empty() && found.choices.empty())
    throw nothing_at(place, read_record_file(place.file));
  return found;
}

std::string to_json_lines(const RecordFile& records) {
  Environments environments;
  std::string text;
  for (const auto& choice : records.choices) {
    Json line = {{"choice", choice.json}};
    if (choice.folder != ".") line["folder"] = choice.folder.generic_string();
    text += line.dump() + "\n";
  }
  for (const auto& run : records.runs) text += json_of(run, environments).dump() + "\n";
  const Json first = {{kFirstKey, kRecordVersion}, {"environments", environments.list()}};
  return first.dump() + "\n" + text;
}

}  // namespace ff::experiments
