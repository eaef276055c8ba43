#include "experiments/compare/metrics.h"

#include <cmath>
#include <cstdio>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "experiments/files.h"

namespace ff::experiments {
namespace {

constexpr const char* kFigures[] = {"train_loss",
                                    "layer_losses",
                                    "thresholds",
                                    "test_loss",
                                    "test_accuracy",
                                    "validation_accuracy"};

// The largest difference of one figure so far.
struct Largest {
  double distance = -1;
  std::int64_t epoch = 0;
  double a = 0;
  double b = 0;

  // NaN on one side beats every number; on both sides it is no difference.
  void look(std::int64_t at_epoch, double in_a, double in_b) {
    double apart = std::abs(in_a - in_b);
    if (std::isnan(in_a) && std::isnan(in_b)) apart = 0;
    if (std::isnan(apart)) apart = INFINITY;
    if (apart > distance) *this = {apart, at_epoch, in_a, in_b};
  }
};

// A number, or a list of them; JSON writes NaN as null.
std::vector<double> numbers(const Json& metrics, const std::string& key) {
  const auto found = metrics.find(key);
  if (found == metrics.end()) return {};
  std::vector<double> values;
  for (const auto& value : found->is_array() ? *found : Json::array({*found})) {
    values.push_back(value.is_number() ? value.get<double>() : NAN);
  }
  return values;
}

std::string line(const std::string& key, const Largest& largest) {
  if (largest.distance == 0) return key + " equal";
  char text[160];
  std::snprintf(text,
                sizeof text,
                " differs, the most by %.3g in epoch %lld: %.9g | %.9g",
                largest.distance,
                static_cast<long long>(largest.epoch),
                largest.a,
                largest.b);
  return key + text;
}

// One figure over the epochs that both have; nothing when no epoch has it in both.
std::optional<std::string> compare_figure(const std::string& key,
                                          const Metrics& a,
                                          const Metrics& b) {
  Largest largest;
  for (const auto& [epoch, metrics] : a) {
    if (!b.contains(epoch)) continue;
    const auto in_a = numbers(metrics, key);
    const auto in_b = numbers(b.at(epoch), key);
    if (in_a.empty() || in_b.empty()) continue;
    if (in_a.size() != in_b.size()) {
      return key + ": " + std::to_string(in_a.size()) + " | " + std::to_string(in_b.size()) +
             " values in epoch " + std::to_string(epoch);
    }
    for (size_t i = 0; i < in_a.size(); ++i) largest.look(epoch, in_a[i], in_b[i]);
  }
  if (largest.distance < 0) return std::nullopt;
  return line(key, largest);
}

}  // namespace

Metrics read_metrics(const std::filesystem::path& folder) {
  const auto file = folder / "metrics.jsonl";
  Metrics metrics;
  if (!std::filesystem::exists(file)) return metrics;
  std::istringstream lines(read_file(file));
  int number = 0;
  for (std::string text; std::getline(lines, text);) {
    ++number;
    auto json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.value("epoch", Json()).is_number_integer()) {
      throw std::runtime_error(file.string() + ": line " + std::to_string(number) +
                               ": expected a JSON object with a whole number \"epoch\"");
    }
    const auto epoch = json["epoch"].get<std::int64_t>();
    metrics[epoch] = std::move(json);
  }
  return metrics;
}

std::vector<std::string> compare_metrics(const Metrics& a, const Metrics& b) {
  std::vector<std::string> found;
  if (a.size() != b.size()) {
    found.push_back(std::to_string(a.size()) + " | " + std::to_string(b.size()) + " epochs");
  } else {
    found.push_back(std::to_string(a.size()) + " epochs");
  }
  for (const auto* key : kFigures) {
    if (const auto text = compare_figure(key, a, b)) found.push_back(*text);
  }
  return found;
}

}  // namespace ff::experiments
