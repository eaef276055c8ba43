#include "experiments/compare/metrics.h"

#include <cmath>
#include <optional>

#include "experiments/records/figures.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

// Running maximum of the differences of a metric.
struct Largest {
  double distance = -1;
  std::int64_t epoch = 0;
  double a = 0;
  double b = 0;

  // A NaN on one side counts as an infinite difference, NaN on both sides as none.
  void update(std::int64_t at_epoch, double in_a, double in_b) {
    double apart = std::abs(in_a - in_b);
    if (std::isnan(in_a) && std::isnan(in_b)) apart = 0;
    if (std::isnan(apart)) apart = INFINITY;
    if (apart > distance) *this = {apart, at_epoch, in_a, in_b};
  }
};

// Returns the values of a number or a list; null, by which JSON represents NaN, becomes NaN.
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
  return key + " differs, by at most " + significant(largest.distance) + " in epoch " +
         std::to_string(largest.epoch) + ": " + significant(largest.a, 9) + " | " +
         significant(largest.b, 9);
}

// Compares one metric over the epochs that both runs have; nullopt if there is no such epoch.
std::optional<MetricsFinding> compare_figure(const std::string& key,
                                             const Metrics& a,
                                             const Metrics& b) {
  Largest largest;
  for (const auto& [epoch, metrics] : a) {
    if (!b.contains(epoch)) continue;
    const auto in_a = numbers(metrics, key);
    const auto in_b = numbers(b.at(epoch), key);
    if (in_a.empty() || in_b.empty()) continue;
    if (in_a.size() != in_b.size()) {
      return MetricsFinding{key + ": " + std::to_string(in_a.size()) + " | " +
                                std::to_string(in_b.size()) + " values in epoch " +
                                std::to_string(epoch),
                            false};
    }
    for (size_t i = 0; i < in_a.size(); ++i) largest.update(epoch, in_a[i], in_b[i]);
  }
  if (largest.distance < 0) return std::nullopt;
  return MetricsFinding{line(key, largest), largest.distance == 0};
}

}  // namespace

Metrics by_epoch(const std::vector<Json>& lines) {
  Metrics metrics;
  for (const auto& line : lines) metrics[line.at("epoch").get<std::int64_t>()] = line;
  return metrics;
}

std::vector<MetricsFinding> compare_metrics(const Metrics& a, const Metrics& b) {
  std::vector<MetricsFinding> found;
  if (a.size() != b.size()) {
    found.push_back(
        {std::to_string(a.size()) + " | " + std::to_string(b.size()) + " epochs", false});
  } else {
    found.push_back({std::to_string(a.size()) + " epochs", true});
  }
  for (const auto& figure : figures()) {
    if (!figure.by_epoch) continue;
    if (const auto finding = compare_figure(figure.key, a, b)) found.push_back(*finding);
  }
  return found;
}

}  // namespace ff::experiments
