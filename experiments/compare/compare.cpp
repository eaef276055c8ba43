#include "experiments/compare/compare.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

#include <ATen/Functions.h>

#include "experiments/checkpoint.h"
#include "experiments/compare/metrics.h"
#include "experiments/compare/tensors.h"
#include "experiments/records/run_record.h"
#include "experiments/table/data_record.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

// Smaller differences are rounding errors of the division; one image in a million is the least
// difference between accuracies.
constexpr double kSameAccuracy = 1e-6;

// Collects the findings and the first decisive difference.
class Comparer {
 public:
  Comparer(const fs::path& a, const fs::path& b) : a_(read_whole_run(a)), b_(read_whole_run(b)) {}

  Comparison run() {
    note("A", describe(a_));
    note("B", describe(b_));
    compare_configs();
    compare_data();
    compare_epochs();
    if (!packed()) {
      compare_checkpoints();
      compare_predictions();
    }
    compare_accuracies();
    if (!packed() && found_.checkpoints == 0) differs("checkpoints", "none that both runs have");
    if (packed() && found_.epochs == 0 && found_.accuracies == 0) {
      differs("figures", "none that both runs have");
    }
    return std::move(found_);
  }

 private:
  void note(const std::string& subject, const std::string& text) {
    found_.findings.push_back({subject, text});
  }

  void differs(const std::string& subject, const std::string& text) {
    note(subject, text);
    if (found_.identical()) found_.first_difference = subject + ": " + text;
  }

  // Whether one of the runs comes from a record file, which has no tensors.
  bool packed() const { return !fs::is_directory(a_.folder) || !fs::is_directory(b_.folder); }

  static std::string describe(const RunRecord& run);
  void compare_epochs();
  void compare_configs();
  void compare_data();
  void compare_checkpoints();
  void compare_checkpoint(const std::string& name);
  void compare_predictions();
  void compare_accuracies();

  RunRecord a_;
  RunRecord b_;
  Comparison found_;
};

std::string Comparer::describe(const RunRecord& run) {
  std::vector<std::string> facts;
  for (const auto* key : {"program", "commit", "engine", "device", "threads"}) {
    const auto value = run.environment.value(key, Json());
    if (value.is_null()) continue;
    const auto text = value.is_string() ? value.get<std::string>() : value.dump();
    facts.push_back(std::string(key) + " " + text.substr(0, 40));
  }
  if (run.status == RunStatus::kDiverged) facts.emplace_back("diverged");
  if (run.status == RunStatus::kUnfinished) facts.emplace_back("unfinished");
  return run.folder.string() + (facts.empty() ? "" : " (" + joined(facts) + ")");
}

// Metrics decide only if there are no tensors; then they must be equal exactly.
void Comparer::compare_epochs() {
  found_.by_records = packed();
  const auto a = by_epoch(a_.metrics), b = by_epoch(b_.metrics);
  found_.epochs = static_cast<std::int64_t>(std::min(a.size(), b.size()));
  for (const auto& [text, same] : compare_metrics(a, b)) {
    if (packed() && !same) {
      differs("metrics.jsonl", text);
    } else {
      note("metrics.jsonl", text);
    }
  }
}

// Returns {"a.b.0": value}.
std::map<std::string, Json> flattened(const Json& json) {
  std::map<std::string, Json> flat;
  if (json.empty()) return flat;
  const auto pointers = json.flatten();
  for (const auto& item : pointers.items()) {
    auto key = item.key().substr(1);
    std::replace(key.begin(), key.end(), '/', '.');
    flat[key] = item.value();
  }
  return flat;
}

std::string text_in(const std::map<std::string, Json>& flat, const std::string& key) {
  return flat.contains(key) ? flat.at(key).dump() : "absent";
}

void Comparer::compare_configs() {
  const auto a = flattened(a_.config);
  const auto b = flattened(b_.config);
  std::set<std::string> keys;
  for (const auto& [key, value] : a) keys.insert(key);
  for (const auto& [key, value] : b) keys.insert(key);
  keys.erase("engine");
  bool same = true;
  for (const auto& key : keys) {
    if (a.contains(key) && b.contains(key) && a.at(key) == b.at(key)) continue;
    note("config.json", key + ": " + text_in(a, key) + " | " + text_in(b, key));
    same = false;
  }
  if (same) note("config.json", "the same, engine aside");
}

// Skipped if one of the runs does not record its data, as in older versions.
void Comparer::compare_data() {
  const auto data_a = flattened(data_record(a_.environment));
  const auto data_b = flattened(data_record(b_.environment));
  if (data_a.empty() || data_b.empty()) return;
  bool same = true;
  for (const auto& [key, value] : data_a) {
    if (text_in(data_b, key) == value.dump()) continue;
    note("data", key + ": " + value.dump() + " | " + text_in(data_b, key));
    same = false;
  }
  if (same) note("data", "the same");
}

std::set<std::string> checkpoints_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& item : fs::directory_iterator(folder)) {
    const auto name = item.path().filename().string();
    if (name.starts_with("checkpoint") && name.ends_with(".pt")) names.insert(name);
  }
  return names;
}

// Alphabetical order is chronological: checkpoint-0001.pt, ..., checkpoint.pt.
void Comparer::compare_checkpoints() {
  const auto in_a = checkpoints_in(a_.folder);
  const auto in_b = checkpoints_in(b_.folder);
  for (const auto& name : in_a) {
    if (!in_b.contains(name)) note(name, "only in A");
  }
  for (const auto& name : in_b) {
    if (in_a.contains(name)) {
      compare_checkpoint(name);
    } else {
      note(name, "only in B");
    }
  }
}

TensorDict model_in(const fs::path& file) {
  auto checkpoint = load_checkpoint(file);
  const auto model = checkpoint.find("model");
  if (model == checkpoint.end()) throw std::runtime_error(file.string() + ": it has no \"model\"");
  return std::move(model->second);
}

void Comparer::compare_checkpoint(const std::string& name) {
  const auto a = model_in(a_.folder / name);
  const auto b = model_in(b_.folder / name);
  ++found_.checkpoints;
  found_.tensors += static_cast<std::int64_t>(a.size());
  const auto differences = differences_between(a, b);
  for (const auto& [tensor, text] : differences) differs(name, tensor + ": " + text);
  if (differences.empty()) note(name, std::to_string(a.size()) + " tensors equal");
}

void Comparer::compare_predictions() {
  const std::string name = "predictions.pt";
  const bool in_a = fs::exists(a_.folder / name);
  const bool in_b = fs::exists(b_.folder / name);
  if (!in_a && !in_b) return;
  if (!in_a || !in_b) return note(name, in_a ? "only in A" : "only in B");
  const auto a = load_tensors(a_.folder / name);
  const auto b = load_tensors(b_.folder / name);
  for (const auto& [set, tensor] : a) {
    if (!b.contains(set)) continue;
    const auto& other = b.at(set);
    const auto count = std::to_string(tensor.numel());
    if (tensor.sizes() != other.sizes()) {
      differs(name, set + ": " + count + " | " + std::to_string(other.numel()) + " images");
      continue;
    }
    found_.predictions += tensor.numel();
    const auto different = at::ne(tensor, other).sum().item<std::int64_t>();
    if (different == 0) {
      note(name, set + ": " + count + " equal");
    } else {
      differs(name, set + ": " + std::to_string(different) + " of " + count + " differ");
    }
  }
}

void Comparer::compare_accuracies() {
  const auto a = flattened(a_.result);
  const auto b = flattened(b_.result);
  int equal = 0;
  for (const auto& [key, value] : a) {
    if (key.find("accuracy") == std::string::npos || !b.contains(key)) continue;
    const auto& other = b.at(key);
    const bool numbers = value.is_number() && other.is_number();
    const bool same = numbers ? std::abs(value.get<double>() - other.get<double>()) <= kSameAccuracy
                              : value == other;
    const auto text = key + ": " + value.dump() + " | " + other.dump();
    equal += same ? 1 : 0;
    ++found_.accuracies;
    if (!same) differs("result.json", text);
    if (same && (key == "train_accuracy" || key == "test_accuracy")) note("result.json", text);
  }
  if (equal > 0) note("result.json", std::to_string(equal) + " accuracies equal");
}

}  // namespace

Comparison compare_runs(const fs::path& a, const fs::path& b) { return Comparer(a, b).run(); }

std::string report(const Comparison& comparison) {
  size_t width = 0;
  for (const auto& finding : comparison.findings) width = std::max(width, finding.subject.size());
  std::string text;
  std::string last;
  for (const auto& [subject, what] : comparison.findings) {
    const auto shown = subject == last ? std::string() : subject;
    text += shown + std::string(width - shown.size() + 2, ' ') + what + "\n";
    last = subject;
  }
  if (!comparison.identical()) return text + "different: " + comparison.first_difference + "\n";
  if (comparison.by_records) {
    return text + "identical: " + std::to_string(comparison.epochs) + " epochs, " +
           std::to_string(comparison.accuracies) + " accuracies (records have no tensors)\n";
  }
  return text + "identical: " + std::to_string(comparison.tensors) + " tensors in " +
         std::to_string(comparison.checkpoints) +
         (comparison.checkpoints == 1 ? " checkpoint, " : " checkpoints, ") +
         std::to_string(comparison.predictions) + " predictions\n";
}

}  // namespace ff::experiments
