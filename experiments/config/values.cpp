#include "experiments/config/values.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace ff::experiments {
namespace {

bool inside(double x, const Rule& rule) {
  const bool above = rule.open_min ? x > rule.min : x >= rule.min;
  const bool below = rule.open_max ? x < rule.max : x <= rule.max;
  return std::isfinite(x) && above && below;
}

// Returns the allowed values of this type, for a message.
template <class T>
std::string allowed(const T& value, const Rule& rule) {
  return allowed_text(schema_of(value, rule));
}

using Float = std::numeric_limits<float>;  // all numbers that are not integers become float32

// Returns whether float32 can represent `x`. A number that must be above 0 must not underflow: a
// division by it would overflow.
bool fits_float32(double x, const Rule& rule) {
  return std::abs(x) <= Float::max() && !(rule.open_min && rule.min == 0 && x < Float::min());
}

// Returns the allowed values of a type with numbers, with the range of float32 if a number in
// `json` is beyond it.
template <class T>
std::string allowed_numbers(const Json& json, const T& value, const Rule& rule) {
  const std::function<bool(const Json&)> beyond = [&](const Json& one) {
    if (one.is_structured()) return std::any_of(one.begin(), one.end(), beyond);
    if (!one.is_number()) return false;
    const auto size = std::abs(one.get<double>());
    return size > Float::max() || (size > 0 && size < Float::min());
  };
  return allowed(value, rule) + (beyond(json) ? ", of magnitude 1.2e-38 to 3.4e38 (float32)" : "");
}

template <class T>
std::string read_list(const Json& json, std::vector<T>& value, const Rule& rule) {
  const auto refusal = [&] { return allowed(value, rule); };
  if (!json.is_array() || (json.empty() && !rule.may_be_empty)) return refusal();
  std::vector<T> list(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (!read_value(json[i], list[i], rule).empty()) return refusal();
  }
  value = std::move(list);
  return {};
}

}  // namespace

std::string read_value(const Json& json, bool& value, const Rule& rule) {
  if (!json.is_boolean()) return allowed(value, rule);
  value = json.get<bool>();
  return {};
}

std::string read_value(const Json& json, std::int64_t& value, const Rule& rule) {
  // Reject 3.0: the key may be mistaken for one with fractions.
  const bool too_large = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
  if (!json.is_number_integer() || too_large || !inside(json.get<double>(), rule)) {
    return allowed(value, rule);
  }
  value = json.get<std::int64_t>();
  return {};
}

std::string read_value(const Json& json, double& value, const Rule& rule) {
  const bool fits = json.is_number() && inside(json.get<double>(), rule) &&
                    fits_float32(json.get<double>(), rule);
  if (!fits) return allowed_numbers(json, value, rule);
  value = json.get<double>();
  return {};
}

std::string read_value(const Json& json, std::string& value, const Rule& rule) {
  const auto refused = [&] {
    if (!json.is_string()) return true;
    const auto word = json.get<std::string>();
    if (word.empty() && !rule.may_be_empty) return true;
    return !rule.words.empty() &&
           std::find(rule.words.begin(), rule.words.end(), word) == rule.words.end();
  };
  if (refused()) return allowed(value, rule);
  value = json.get<std::string>();
  return {};
}

std::string read_value(const Json& json, NumberOrWord& value, const Rule& rule) {
  NumberOrWord read;
  const Rule number{
      .min = rule.min, .max = rule.max, .open_min = rule.open_min, .open_max = rule.open_max};
  const bool fits = json.is_string() ? read_value(json, read.word, rule).empty()
                                     : read_value(json, read.number, number).empty();
  if (!fits) return allowed_numbers(json, value, rule);
  value = read;
  return {};
}

std::string read_value(const Json& json, LayerChoice& value, const Rule& rule) {
  LayerChoice read;
  if (json.is_string()) {
    std::string word;
    if (!read_value(json, word, rule).empty()) return allowed(value, rule);
    read.by_validation = word == "validation";
    read.all = !read.by_validation;
    value = read;
    return {};
  }
  read.all = false;
  const auto read_one =
      [&](const char* key, std::optional<std::int64_t>& layer, const Rule& limit) {
        layer = 0;
        return read_value(json[key], *layer, limit).empty();
      };
  const bool one_key = json.is_object() && json.size() == 1;
  if (one_key && json.contains("first")) {
    if (!read_one("first", read.first, at_least(1))) return allowed(value, rule);
  } else if (one_key && json.contains("from")) {
    if (!read_one("from", read.from, at_least(0))) return allowed(value, rule);
  } else if (!read_list(json, read.list, nonempty(at_least(0))).empty()) {
    return allowed(value, rule);
  }
  value = read;
  return {};
}

std::string read_value(const Json& json, NormalizeOption& value, const Rule& rule) {
  NormalizeOption read;
  const auto numbers = [](const Json& one_or_list, std::vector<double>& list, const Rule& limit) {
    list.resize(1);
    return one_or_list.is_array() ? read_list(one_or_list, list, nonempty(limit)).empty()
                                  : read_value(one_or_list, list[0], limit).empty();
  };
  if (json.is_object()) {
    read.word.clear();
    if (json.size() != 2 || !json.contains("mean") || !json.contains("std") ||
        !numbers(json["mean"], read.mean, any()) || !numbers(json["std"], read.std, above(0)) ||
        read.mean.size() != read.std.size()) {
      return allowed_numbers(json, value, rule);
    }
  } else if (!read_value(json, read.word, rule).empty()) {
    return allowed(value, rule);
  }
  value = read;
  return {};
}

std::string read_value(const Json& json, Comment& value, const Rule& rule) {
  const auto is_text = [](const Json& one) { return one.is_string(); };
  if (json.is_string()) {
    value.lines = {json.get<std::string>()};
  } else if (json.is_array() && std::all_of(json.begin(), json.end(), is_text)) {
    value.lines = json.get<std::vector<std::string>>();
  } else {
    return allowed(value, rule);
  }
  return {};
}

std::string read_value(const Json& json, std::vector<std::int64_t>& value, const Rule& rule) {
  return read_list(json, value, rule);
}

std::string read_value(const Json& json, std::vector<double>& value, const Rule& rule) {
  const bool fits = read_list(json, value, rule).empty();
  return fits ? "" : allowed_numbers(json, value, rule);
}

Json to_json(bool value) { return value; }
Json to_json(std::int64_t value) { return value; }
Json to_json(double value) { return value; }
Json to_json(const std::string& value) { return value; }
Json to_json(const std::vector<std::int64_t>& value) { return value; }
Json to_json(const std::vector<double>& value) { return value; }

Json to_json(const NumberOrWord& value) {
  return value.is_word() ? Json(value.word) : Json(value.number);
}

Json to_json(const LayerChoice& value) {
  if (value.all) return "all";
  if (value.by_validation) return "validation";
  if (value.first) return {{"first", *value.first}};
  if (value.from) return {{"from", *value.from}};
  return value.list;
}

Json to_json(const Comment& value) {
  return value.lines.size() == 1 ? Json(value.lines[0]) : Json(value.lines);
}

Json to_json(const NormalizeOption& value) {
  if (!value.word.empty()) return value.word;
  return {{"mean", value.mean}, {"std", value.std}};
}

}  // namespace ff::experiments
