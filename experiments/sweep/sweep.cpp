#include "experiments/sweep/sweep.h"

#include <algorithm>
#include <set>

#include "experiments/sweep/sweep_options.h"

namespace ff::experiments {

namespace {

// Appends a label to a name: "a" and "learning_rate-0.1" give "a.learning_rate-0.1".
std::string with_label(const std::string& name, const std::string& label) {
  return label.empty() ? name : name + "." + label;
}

// The keys set for all runs of a grid, and the grid's points.
struct Points {
  Json set;
  std::vector<GridPoint> list;
};

class SweepReader {
 public:
  SweepReader(const std::filesystem::path& path, const std::vector<std::string>& assignments)
      : path_(path), problems_(path.string()), assignments_(assignments) {}

  Sweep read() {
    const auto json = read_json_file(path_, problems_);
    refuse_config(json);
    SweepOptions options;
    Reader::read(json, "", options, problems_);
    check_name(json);
    const bool has_parts = json.contains("parts");
    if (has_parts == json.contains("configs")) {
      problems_.add("configs",
                    has_parts ? "has no effect with parts, which have their own; remove it"
                              : "missing; a sweep needs configs, or parts with configs");
    }
    if (json.contains("then") && !options.choose) {
      problems_.add("then", "has no effect without a choice; add \"choose\", or remove it");
    }
    read_over(options);
    problems_.throw_if_any();
    sweep_.name = options.name;
    sweep_.choose = options.choose;
    if (json.contains("then")) then_ = points(options.then, "then.", {});
    if (has_parts) {
      add_parts(options);
    } else {
      add_part(options.whole, "");
    }
    problems_.throw_if_any();
    refuse_equal_names();
    problems_.throw_if_any();
    return std::move(sweep_);
  }

 private:
  void check_name(const Json& json) {
    const auto name = json.find("name");
    if (name == json.end()) problems_.add("name", "missing; every sweep needs a name");
    if (name == json.end() || !name->is_string() || *name == "") return;
    check_folder_name(*name, problems_);
  }

  void refuse_config(const Json& json) const {
    if (!json.is_object() || json.contains("configs") || json.contains("parts")) return;
    for (const auto* key : {"model", "dataset", "schedule", "optimizer"}) {
      if (!json.contains(key)) continue;
      throw ConfigError(path_.string() + ": is a config, not a sweep (it has " + key +
                        ", and neither configs nor parts); run it with 'ff run'");
    }
  }

  void read_over(const SweepOptions& options) {
    if (!options.over.value.empty() && !options.choose) {
      problems_.add("over", "has no effect without a choice; add \"choose\", or remove it");
    }
    for (const auto& key : options.over.value) {
      if (key.is_string()) {
        over_.push_back(key);
      } else {
        problems_.add("over", shown(key) + " is not allowed; allowed: keys of the grid");
      }
    }
  }

  void add_parts(const SweepOptions& options) {
    if (options.parts.empty()) problems_.add("parts", "[] is not allowed; allowed: one or more");
    for (std::size_t i = 0; i < options.parts.size(); ++i) {
      const auto place = "parts[" + std::to_string(i) + "].";
      auto part = options.parts[i];
      if (part.configs.value.empty()) {
        problems_.add(place + "configs", "missing; each part needs its own configs");
      }
      auto& own = part.points;
      auto set = options.whole.points.set.value, grid = options.whole.points.grid.value;
      set.update(own.set.value);
      grid.update(own.grid.value);
      own = {{std::move(set)}, {std::move(grid)}};
      add_part(part, place);
    }
  }

  Points points(const GridOptions& options,
                const std::string& place,
                const std::vector<std::string>& over) {
    Points points{options.set.value,
                  points_of(read_grid(options.grid.value, place + "grid", problems_), over)};
    refuse_set_twice(points, place);
    return points;
  }

  void add_part(const PartOptions& part, const std::string& place) {
    for (const auto& key : over_) {
      if (part.points.grid.value.contains(key)) continue;
      problems_.add(
          place + "grid",
          "has no " + key + ", which is listed in 'over'; add it, or remove it from 'over'");
    }
    const auto own = points(part.points, place, over_);
    if (!problems_.empty()) return;
    for (std::size_t i = 0; i < part.configs.value.size(); ++i) {
      add_config(part.configs.value[i], place + "configs[" + std::to_string(i) + "]", own);
    }
  }

  void refuse_set_twice(const Points& points, const std::string& place) {
    std::set<std::string> swept;
    for (const auto& point : points.list) {
      for (const auto& item : point.set.items()) swept.insert(item.key());
    }
    for (const auto& key : swept) {
      if (points.set.contains(key)) {
        problems_.add(place + "set." + key, "is also a key of the grid; remove one of the two");
      }
      for (const auto& assignment : assignments_) {
        if (assignment.starts_with(key + "=")) {
          problems_.add("", "--set " + assignment + ": is a key of the grid; change the grid");
        }
      }
    }
    if (swept.contains("name") || points.set.contains("name")) {
      problems_.add(place + (swept.contains("name") ? "grid" : "set") + ".name",
                    "names are derived from the configs and the grid; remove it");
    }
  }

  Json base_config(const Json& entry, const std::string& place) {
    if (entry.is_object()) return entry;
    if (!entry.is_string()) {
      problems_.add(place,
                    shown(entry) + " is not allowed; allowed: a file's name, or a config {...}");
      return nullptr;
    }
    const auto file = path_.parent_path() / entry.get<std::string>();
    Problems of_file(file.string());
    auto json = read_json_file(file, of_file);
    of_file.throw_if_any();
    return json;
  }

  void add_config(const Json& entry, const std::string& place, const Points& own) {
    const auto base = base_config(entry, place);
    if (base.is_null()) return;
    const auto name = base.find("name");
    if (name == base.end() || !name->is_string() || *name == "") {
      problems_.add(place + ".name", "missing; every experiment needs a name");
      return;
    }
    for (const auto& point : own.list) {
      try {
        add_point(base, own.set, point);
      } catch (const ConfigError& error) {
        problems_.add_lines(error);
        return;  // the other points would produce the same errors
      }
    }
  }

  // Applies the changes in order, then the assignments of the command line.
  Config changed(Json json, const std::string& label, const std::vector<const Json*>& changes) {
    const auto name = with_label(json["name"], label);
    json["name"] = name;
    std::vector<Change> all;
    const auto add = [&](const std::vector<Change>& more) {
      all.insert(all.end(), more.begin(), more.end());
    };
    for (const auto* set : changes) add(changes_of(*set));
    add(read_assignments(assignments_));
    return config_from(json, problems_.file() + ": " + name, all);
  }

  void refuse_chosen(const GridPoint& point, const Json& then, const std::string& place) const {
    for (const auto& item : point.set.items()) {
      if (!then.contains(item.key())) continue;
      throw ConfigError(problems_.file() + ": " + place + item.key() +
                        ": is a key that the grid chooses; remove it");
    }
  }

  void add_point(const Json& base, const Json& set, const GridPoint& point) {
    SweepPoint added{with_label(base["name"], point.kept), point.set, point.edges, {}, {}};
    added.config = changed(base, point.label, {&set, &point.set});
    if (sweep_.choose && added.config.dataset.validation.count == 0) {
      throw ConfigError(problems_.file() +
                        ": choose: validation-accuracy needs validation images, "
                        "and " +
                        added.config.name + " has none; set dataset.validation.count");
    }
    for (const auto& next : then_ ? then_->list : std::vector<GridPoint>{}) {
      refuse_chosen(point, then_->set, "then.set.");
      refuse_chosen(point, next.set, "then.grid.");
      const auto label = point.kept.empty() ? next.label : with_label(point.kept, next.label);
      added.then.push_back(changed(base, label, {&then_->set, &next.set, &point.set}));
    }
    sweep_.points.push_back(std::move(added));
  }

  void refuse_equal_names() {
    std::set<std::string> names, chosen;
    const auto add = [&](const Config& config) {
      if (names.insert(config.name).second) return;
      problems_.add("configs", "two runs would have the name " + config.name);
    };
    for (const auto& point : sweep_.points) {
      add(point.config);
      // Only one of the points with the same name is selected, so their follow-up runs share names.
      if (chosen.insert(point.of).second) std::for_each(point.then.begin(), point.then.end(), add);
    }
  }

  std::filesystem::path path_;
  Problems problems_;
  const std::vector<std::string>& assignments_;
  std::vector<std::string> over_;
  std::optional<Points> then_;
  Sweep sweep_;
};

}  // namespace

Sweep load_sweep(const std::filesystem::path& path, const std::vector<std::string>& assignments) {
  return SweepReader(path, assignments).read();
}

}  // namespace ff::experiments
