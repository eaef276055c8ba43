#include "tests/e2e_workbench.h"

#include <sstream>

#include <ATen/Functions.h>

#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/paths.h"

namespace ff::test {
namespace {

namespace fs = std::filesystem;
using ff::experiments::load_checkpoint;
using ff::experiments::load_tensors;
using ff::experiments::read_file;

// Times and memory figures, which vary between runs.
const std::vector<std::string> kMeasured = {
    "seconds", "train_seconds", "evaluate_seconds", "peak_memory_bytes", "peak_memory"};

Json without_measures(Json json) {
  for (const auto& key : kMeasured) json.erase(key);
  return json;
}

void compare_tensors(const std::string& what,
                     const TensorDict& a,
                     const TensorDict& b,
                     std::vector<std::string>& lines) {
  for (const auto& [name, tensor] : b) {
    if (!a.contains(name)) lines.push_back(what + "." + name + ": only in the second");
  }
  for (const auto& [name, tensor] : a) {
    if (!b.contains(name)) {
      lines.push_back(what + "." + name + ": only in the first");
    } else if (tensor.scalar_type() != b.at(name).scalar_type() || !at::equal(tensor, b.at(name))) {
      lines.push_back(what + "." + name + ": differs");
    }
  }
}

void compare_checkpoints(const fs::path& a, const fs::path& b, std::vector<std::string>& lines) {
  auto first = load_checkpoint(a);
  auto second = load_checkpoint(b);
  for (auto* checkpoint : {&first, &second}) {
    for (const auto* part : {"model", "learner", "loop"}) {
      if (!checkpoint->contains(part)) lines.push_back(std::string("no ") + part);
    }
    (*checkpoint)["loop"].erase("seconds");
  }
  for (const auto& [part, tensors] : first) compare_tensors(part, tensors, second[part], lines);
}

}  // namespace

Json small_ff(const std::string& name, const Json& changes) {
  Json config = {{"name", name},
                 {"dataset", {{"name", "synthetic"}}},
                 {"model", {{"widths", {32, 16}}}},
                 {"schedule", {{"epochs", 2}}},
                 {"seeds", {0}}};
  config.merge_patch(changes);
  return config;
}

Json small_bp(const std::string& name, const Json& changes) {
  Json config = small_ff(
      name,
      {{"model", {{"type", "bp"}, {"widths", {32, 4}}}}, {"optimizer", {{"learning_rate", 0.01}}}});
  config.merge_patch(changes);
  return config;
}

std::vector<std::string> changes_between(const Snapshot& before, const Snapshot& after) {
  std::vector<std::string> lines;
  for (const auto& [path, content] : after) {
    const auto found = before.find(path);
    if (found == before.end()) {
      lines.push_back("new " + path);
    } else if (found->second != content) {
      lines.push_back("changed " + path);
    }
  }
  for (const auto& [path, content] : before) {
    if (!after.contains(path)) lines.push_back("gone " + path);
  }
  return lines;
}

std::string Workbench::write(const std::string& file, const std::string& text) const {
  write_bytes(folder_ / file, text);
  return file;
}

std::string Workbench::write(const std::string& file, const Json& json) const {
  return write(file, json.dump());
}

Process Workbench::start(const std::vector<std::string>& arguments, ProcessOptions options) const {
  options.folder = path();
  options.environment.insert(
      {{"CUDA_VISIBLE_DEVICES", ""}, {"FF_DATA", std::nullopt}, {"OMP_WAIT_POLICY", "passive"}});
  return {program_path(), arguments, options};
}

Ended Workbench::ff(const std::vector<std::string>& arguments, ProcessOptions options) const {
  auto ended = start(arguments, std::move(options)).wait();
  INFO(ended.err);
  CHECK_FALSE(ended.timed_out);
  return ended;
}

Process Workbench::start_run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "run");
  arguments.insert(arguments.end(), {"--threads", "1"});
  return start(arguments);
}

Ended Workbench::run(std::vector<std::string> arguments) const {
  auto ended = start_run(std::move(arguments)).wait();
  INFO(ended.err);
  CHECK_FALSE(ended.timed_out);
  return ended;
}

Snapshot Workbench::snapshot() const {
  Snapshot snapshot;
  for (const auto& item : fs::recursive_directory_iterator(path())) {
    const auto name = fs::relative(item.path(), path()).string();
    snapshot[name] = item.is_directory() ? "/" : read_file(item.path());
  }
  return snapshot;
}

Json read_json(const fs::path& file) { return Json::parse(read_file(file)); }

std::vector<Json> read_metrics(const fs::path& run) {
  std::vector<Json> metrics;
  if (!fs::exists(run / "metrics.jsonl")) return metrics;
  std::istringstream lines(read_file(run / "metrics.jsonl"));
  for (std::string line; std::getline(lines, line);) metrics.push_back(Json::parse(line));
  return metrics;
}

std::size_t count_metrics(const fs::path& run) {
  if (!fs::exists(run / "metrics.jsonl")) return 0;
  const auto text = read_file(run / "metrics.jsonl");
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::vector<std::int64_t> position_in(const fs::path& run) {
  const auto position = load_checkpoint(run / "checkpoint.pt").at("loop").at("position");
  const auto* data = position.const_data_ptr<std::int64_t>();
  return {data, data + position.numel()};
}

std::vector<std::string> run_differences(const fs::path& a, const fs::path& b) {
  std::vector<std::string> lines;
  compare_checkpoints(a / "checkpoint.pt", b / "checkpoint.pt", lines);
  compare_tensors(
      "predictions", load_tensors(a / "predictions.pt"), load_tensors(b / "predictions.pt"), lines);
  const auto result = [](const fs::path& run) {
    return without_measures(read_json(run / "result.json"));
  };
  for (const auto& line : ff::experiments::differences(result(a), result(b))) {
    lines.push_back("result " + line);
  }
  const auto metrics_a = read_metrics(a);
  const auto metrics_b = read_metrics(b);
  if (metrics_a.size() != metrics_b.size()) lines.emplace_back("lines of metrics");
  for (std::size_t i = 0; i < std::min(metrics_a.size(), metrics_b.size()); ++i) {
    if (without_measures(metrics_a[i]) != without_measures(metrics_b[i])) {
      lines.push_back("metrics line " + std::to_string(i + 1));
    }
  }
  return lines;
}

}  // namespace ff::test
