// Strict reading of options from JSON: unknown keys, wrong types and values out of range are
// problems. Writing of options to JSON.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/values.h"

namespace ff::experiments {

/// Returns the JSON text of a value for a message, shortened if long.
std::string shown(const Json& value);

/// Returns the word of `known` nearest to `word` by edit distance; empty if none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& known);

/// Visitor that fills an options struct from a JSON object.
class Reader {
 public:
  /// The values of model.type. The options structs cannot include the registry of rules.
  static std::vector<std::string> rule_names();

  /// Fills the fields of `options` from `object`, and adds a problem for each invalid value and
  /// each unknown key.
  template <class Options>
  static void read(const Json& object,
                   const std::string& path,
                   Options& options,
                   Problems& problems) {
    if (!object.is_object()) {
      problems.add(path, shown(object) + " is not allowed; allowed: an object {...}");
      return;
    }
    Reader reader(object, path, problems);
    Options::fields(options, reader);
    reader.refuse_unknown_keys();
  }

  template <class T>
  void operator()(const char* name, T& member, const Rule& rule, const char*) {
    known_.emplace_back(name);
    const auto found = object_.find(name);
    if (found == object_.end()) {
      if (!rule.must_be_given) return;
      problems_.add(path_to(name), "missing; allowed: " + allowed_text(schema_of(member, rule)));
    } else {
      const auto allowed = read_value(*found, member, rule);
      if (allowed.empty()) return;
      problems_.add(path_to(name), shown(*found) + " is not allowed; allowed: " + allowed);
    }
    kind_is_known_ = kind_is_known_ && !rule.is_tag;
  }

  template <class Options>
  void operator()(const char* name, Options& nested) {
    known_.emplace_back(name);
    const auto found = object_.find(name);
    if (found != object_.end()) read(*found, path_to(name), nested, problems_);
  }

  template <class Options>
  void operator()(const char* name, std::vector<Options>& list, const char*) {
    known_.emplace_back(name);
    const auto found = object_.find(name);
    if (found == object_.end()) return;
    if (!found->is_array()) {
      problems_.add(path_to(name), shown(*found) + " is not allowed; allowed: a list [...]");
      return;
    }
    list.assign(found->size(), Options{});
    for (std::size_t i = 0; i < list.size(); ++i) {
      read((*found)[i], path_to(name) + "[" + std::to_string(i) + "]", list[i], problems_);
    }
  }

 private:
  Reader(const Json& object, std::string path, Problems& problems)
      : object_(object), path_(std::move(path)), problems_(problems) {}

  std::string path_to(const std::string& name) const {
    return path_.empty() ? name : path_ + "." + name;
  }
  void refuse_unknown_keys() const;

  const Json& object_;
  std::string path_;
  Problems& problems_;
  std::vector<std::string> known_;
  bool kind_is_known_ = true;  // false: the tag is invalid, so that the allowed keys are unknown
};

/// Visitor that writes every field of an options struct to JSON, including defaults.
class Writer {
 public:
  static std::vector<std::string> rule_names() { return {}; }  // the writer checks no values

  template <class Options>
  static Json write(const Options& options) {
    Writer writer;
    Options::fields(options, writer);
    return writer.object_;
  }

  template <class T>
  void operator()(const char* name, const T& member, const Rule&, const char*) {
    object_[name] = to_json(member);
  }

  template <class Options>
  void operator()(const char* name, const Options& nested) {
    object_[name] = write(nested);
  }

  template <class Options>
  void operator()(const char* name, const std::vector<Options>& list, const char*) {
    object_[name] = Json::array();
    for (const auto& options : list) object_[name].push_back(write(options));
  }

 private:
  Json object_ = Json::object();
};

}  // namespace ff::experiments
