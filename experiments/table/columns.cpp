#include "experiments/table/columns.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include "experiments/records/figures.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

using Experiments = std::vector<Experiment>;
using Pointer = Json::json_pointer;
constexpr double kBytesPerMebibyte = 1 << 20;

// kMeasured + i is the i-th measure, kPruned + i the i-th pruning ratio.
enum Group { kAbout, kUnpruned, kCost, kOrigin, kMeasured = 100, kPruned = 200 };

// Returns the metric of an experiment; empty unless every seed has a value. Diverged runs are
// skipped.
Cell figure_of(const Experiment& experiment,
               const std::function<std::optional<double>(const Json& result)>& value_of) {
  Figure figure;
  for (const auto& run : experiment.runs) {
    if (run.diverged()) continue;
    const auto value = value_of(run.result);
    if (!value) return {};
    figure.values.push_back(*value);
  }
  if (figure.values.empty()) return {};
  return figure;
}

Cell figure_cell(const Experiment& experiment, const Pointer& where, double unit) {
  return figure_of(experiment, [&](const Json& result) -> std::optional<double> {
    if (!result.contains(where) || !result[where].is_number()) return std::nullopt;
    return result[where].get<double>() / unit;
  });
}

std::int64_t count_of_diverged(const Experiment& experiment) {
  return std::count_if(experiment.runs.begin(), experiment.runs.end(), [](const RunRecord& run) {
    return run.diverged();
  });
}

// Returns the result of the first run that has not diverged; empty if all have.
Json first_result(const Experiment& experiment) {
  for (const auto& run : experiment.runs) {
    if (!run.diverged()) return run.result;
  }
  return Json::object();
}

// Returns the distinct texts of the runs: "cpu (2 threads)", or "a / b".
Cell text_cell(const Experiment& experiment,
               const std::function<std::string(const RunRecord&)>& text_of) {
  std::vector<std::string> texts;
  for (const auto& run : experiment.runs) {
    const auto text = text_of(run);
    if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) {
      texts.push_back(text);
    }
  }
  if (texts.empty()) return {};
  return joined(texts, " / ");
}

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

// Returns the name of a GPU, or the thread count of a CPU, on which its times depend most.
std::string device_text(const RunRecord& run) {
  const auto device = text_of(run.result, "device");
  const auto name = text_of(run.environment, "device_name");
  if (device.starts_with("cuda") && !name.empty()) return name;
  const auto threads = run.environment.value("threads", Json());
  if (device != "cpu" || !threads.is_number_integer()) return device;
  return device + (threads == 1 ? " (1 thread)" : " (" + threads.dump() + " threads)");
}

std::string commit_text(const RunRecord& run) {
  const auto commit = text_of(run.environment, "commit").substr(0, 10);
  return commit +
         (!commit.empty() && run.environment.value("dirty", Json()) == true ? "-dirty" : "");
}

Column column_of(const FigureInfo& figure, int group) {
  return {figure.title, figure.key, group, {.decimals = figure.decimals}, {}};
}

// Collects columns and drops those that are empty for every experiment.
class ColumnList {
 public:
  explicit ColumnList(const Experiments& experiments) : experiments_(experiments) {}

  void add(Column column, const std::function<Cell(const Experiment&)>& cell_of) {
    bool filled = false;
    for (const auto& experiment : experiments_) {
      column.cells.push_back(cell_of(experiment));
      filled = filled || !std::holds_alternative<std::monostate>(column.cells.back());
    }
    if (filled) columns.push_back(std::move(column));
  }

  void add_figure(Column column, const std::string& where, double unit = 1) {
    const Pointer pointer(where);
    add(std::move(column),
        [&](const Experiment& experiment) { return figure_cell(experiment, pointer, unit); });
  }

  std::vector<Column> columns;

 private:
  const Experiments& experiments_;
};

size_t most_layers(const Experiments& experiments, const Pointer& where) {
  size_t layers = 0;
  for (const auto& experiment : experiments) {
    const auto result = first_result(experiment);
    if (result.contains(where)) layers = std::max(layers, result[where].size());
  }
  return layers;
}

// Adds accuracy_by_prefix of the test set, found at `where` in the result.
void add_prefixes(ColumnList& list,
                  const Experiments& experiments,
                  const std::string& where,
                  const Column& whole) {
  const auto path = where + "/accuracy_by_prefix/test";
  const auto layers = most_layers(experiments, Pointer(path));
  for (size_t k = 1; k <= layers; ++k) {
    const auto text = k == 1 ? "first layer" : "first " + std::to_string(k) + " layers";
    const auto header = where.empty() ? text : whole.header + ", " + text;
    list.add_figure({header, whole.key + "_layers_1_to_" + std::to_string(k), whole.group, {}, {}},
                    path + "/" + std::to_string(k - 1));
  }
}

// Returns all pruning ratios in ascending order, formatted as in result.json.
std::vector<std::string> pruning_ratios(const Experiments& experiments) {
  std::map<double, std::string> ratios;
  for (const auto& experiment : experiments) {
    const auto pruned = first_result(experiment).value("pruned", Json::object());
    for (const auto& item : pruned.items()) {
      ratios[std::strtod(item.key().c_str(), nullptr)] = item.key();
    }
  }
  std::vector<std::string> texts;
  for (const auto& [ratio, text] : ratios) texts.push_back(text);
  return texts;
}

void add_accuracies(ColumnList& list, const Experiments& experiments) {
  const auto test = column_of(figure_info("test_accuracy"), kUnpruned);
  for (const auto* key : {"test_accuracy", "validation_accuracy", "train_accuracy"}) {
    list.add_figure(column_of(figure_info(key), kUnpruned), std::string("/") + key);
  }
  for (const auto* method : {"goodness", "head"}) {
    list.add_figure(
        {std::string("by ") + method, std::string("test_accuracy_by_") + method, kUnpruned, {}, {}},
        std::string("/accuracy_by_method/") + method + "/test");
  }
  add_prefixes(list, experiments, "", test);
  int group = kPruned;
  for (const auto& ratio : pruning_ratios(experiments)) {
    const Column pruned{"pruned " + ratio, "pruned_" + ratio + "_test_accuracy", group++, {}, {}};
    list.add_figure(pruned, "/pruned/" + ratio + "/test_accuracy");
    add_prefixes(list, experiments, "/pruned/" + ratio, pruned);
  }
}

// Adds the time per step.
void add_step_time(ColumnList& list) {
  list.add(column_of(figure_info("milliseconds_per_step"), kCost),
           [](const Experiment& experiment) {
             return figure_of(experiment, [](const Json& result) -> std::optional<double> {
               const auto steps = result.value("steps", 0.0);
               if (!result.contains("measures") || steps == 0) return std::nullopt;
               return 1000 * result.value("train_seconds", 0.0) / steps;
             });
           });
}

// Adds the measures of result.json, one column per layer.
void add_measures(ColumnList& list, const Experiments& experiments) {
  int group = kMeasured;
  for (const auto& key : measure_keys()) {
    const auto& measure = figure_info(key);
    const auto path = "/measures/" + key;
    const auto layers = most_layers(experiments, Pointer(path));
    for (size_t l = 0; l < layers; ++l) {
      const auto number = std::to_string(l + 1);
      list.add_figure({measure.title + ", layer " + number,
                       key + "_layer_" + number,
                       group,
                       {.decimals = measure.decimals},
                       {}},
                      path + "/" + std::to_string(l));
    }
    ++group;
  }
}

}  // namespace

double Figure::mean() const {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::optional<double> Figure::standard_deviation() const {
  if (values.size() < 2) return std::nullopt;
  const double middle = mean();
  double squares = 0;
  for (const auto value : values) squares += (value - middle) * (value - middle);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

bool Column::is_text() const {
  return std::any_of(cells.begin(), cells.end(), [](const Cell& cell) {
    return std::holds_alternative<std::string>(cell);
  });
}

std::vector<Column> make_columns(const Experiments& experiments) {
  ColumnList list(experiments);
  list.add({"experiment", "experiment", kAbout, {}, {}},
           [](const Experiment& experiment) { return experiment.label; });
  list.add({"n", "n", kAbout, {}, {}}, [](const Experiment& experiment) {
    return static_cast<std::int64_t>(experiment.runs.size()) - count_of_diverged(experiment);
  });
  list.add({"diverged", "diverged", kAbout, {}, {}}, [](const Experiment& experiment) -> Cell {
    const auto count = count_of_diverged(experiment);
    if (count == 0) return {};
    return count;
  });
  add_accuracies(list, experiments);
  add_measures(list, experiments);
  list.add_figure(column_of(figure_info("train_seconds"), kCost), "/train_seconds");
  add_step_time(list);
  const auto& memory = figure_info("peak_memory_bytes");
  list.add_figure(
      {memory.title, "peak_memory_mib", kCost, {.decimals = memory.decimals, .spread = false}, {}},
      "/peak_memory_bytes",
      kBytesPerMebibyte);
  list.add({"test set", "test_set", kOrigin, {}, {}}, [](const Experiment& experiment) {
    return text_cell(experiment, [](const RunRecord& run) -> std::string {
      const bool seen = run.result.value("test_set_seen_in_training", Json()) == true;
      const bool moved = run.result.value("test_images_moved", Json()) == true;
      return seen && moved ? "seen in training, moved"
             : seen        ? "seen in training"
             : moved       ? "moved"
                           : "";
    });
  });
  list.add({"precision", "precision", kOrigin, {}, {}}, [](const Experiment& experiment) {
    return text_cell(experiment, [](const RunRecord& run) {
      const auto precision = text_of(run.config, "precision");
      return precision == "float32" ? "" : precision;  // the default precision is not shown
    });
  });
  list.add({"data", "data", kOrigin, {}, {}}, [](const Experiment& experiment) -> Cell {
    if (experiment.data.empty()) return {};
    return experiment.data;
  });
  list.add({"device", "device", kOrigin, {}, {}},
           [](const Experiment& experiment) { return text_cell(experiment, device_text); });
  list.add({"commit", "commit", kOrigin, {}, {}},
           [](const Experiment& experiment) { return text_cell(experiment, commit_text); });
  return std::move(list.columns);
}

std::string cell_text(const Column& column, size_t row, const std::string& plus_minus) {
  const auto& cell = column.cells[row];
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* count = std::get_if<std::int64_t>(&cell)) return std::to_string(*count);
  const auto* figure = std::get_if<Figure>(&cell);
  if (!figure) return "";
  const auto write = [&](double value) { return fixed(value, column.notation.decimals); };
  const auto deviation = figure->standard_deviation();
  const bool spread = column.notation.spread && deviation;
  return write(figure->mean()) + (spread ? plus_minus + write(*deviation) : "");
}

}  // namespace ff::experiments
