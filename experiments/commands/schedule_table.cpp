#include "experiments/commands/schedule_table.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "ff/core/text.h"

namespace ff::experiments {
namespace {

using schedules::Outcome;
using Simulated = std::vector<SimulatedSchedule>;

constexpr int kShareDecimals = 4;

// As few as show every value, and no more than four digits of the largest or one decimal need.
int decimals_for(const std::vector<Cell>& cells) {
  std::vector<double> all;
  for (const auto& cell : cells) {
    const auto& figure = std::get<Figure>(cell);
    all.insert(all.end(), {figure.mean(), figure.standard_deviation().value_or(0)});
  }
  const double most = *std::max_element(all.begin(), all.end());
  if (most <= 0) return 0;
  const int enough = std::clamp(3 - static_cast<int>(std::floor(std::log10(most))), 1, 12);
  for (int decimals = 0; decimals < enough; ++decimals) {
    const double power = std::pow(10, decimals);
    const bool shown = std::all_of(all.begin(), all.end(), [&](double value) {
      return std::abs(value * power - std::round(value * power)) < 1e-9 * power * most;
    });
    if (shown) return decimals;
  }
  return enough;
}

double peak_memory(const SimulatedSchedule& one, const Outcome& outcome, std::size_t stage) {
  return outcome.devices[stage].peak * one.memory[stage] * one.rows;
}

// An order says what a stage holds, whatever its times are: the same for every seed.
std::string peaks_by_stage(const SimulatedSchedule& one) {
  std::vector<std::string> peaks;
  for (std::size_t i = 0; i < one.memory.size(); ++i) {
    peaks.push_back(significant(peak_memory(one, one.outcomes.front(), i), 4));
  }
  return joined(peaks, " ");
}

double largest_memory(const SimulatedSchedule& one, const Outcome& outcome) {
  double most = 0;
  for (std::size_t i = 0; i < one.memory.size(); ++i) {
    most = std::max(most, peak_memory(one, outcome, i));
  }
  return most;
}

double most_waiting(const SimulatedSchedule& one, const Outcome& outcome) {
  int most = 0;
  for (const auto& device : outcome.devices) most = std::max(most, device.waiting);
  return most * one.rows;
}

using CellOf = std::function<Cell(const SimulatedSchedule& one, std::size_t stage)>;
using ValueOf =
    std::function<double(const SimulatedSchedule& one, const Outcome& outcome, std::size_t stage)>;

// Collects columns with a row for each schedule, or for each stage of each.
class SimulatedColumns {
 public:
  SimulatedColumns(const Simulated& simulated, bool by_stage)
      : simulated_(simulated), by_stage_(by_stage) {}

  void add(const std::string& header, const std::string& key, const CellOf& cell_of) {
    Column column{header, key, 0, {}, {}};
    for (const auto& one : simulated_) {
      const auto stages = by_stage_ ? one.memory.size() : 1;
      for (std::size_t i = 0; i < stages; ++i) column.cells.push_back(cell_of(one, i));
    }
    columns.push_back(std::move(column));
  }

  void add_figure(const std::string& header, const std::string& key, const ValueOf& value_of) {
    add(header, key, [&](const SimulatedSchedule& one, std::size_t stage) -> Cell {
      Figure figure;
      for (const auto& outcome : one.outcomes) {
        figure.values.push_back(value_of(one, outcome, stage));
      }
      return figure;
    });
    const bool share = key.ends_with("_share");
    columns.back().notation.decimals = share ? kShareDecimals : decimals_for(columns.back().cells);
    columns.back().notation.spread = key != "peak_memory";  // which no seed changes
  }

  std::vector<Column> columns;

 private:
  const Simulated& simulated_;
  bool by_stage_;
};

}  // namespace

std::vector<Column> schedule_columns(const Simulated& simulated) {
  SimulatedColumns list(simulated, /*by_stage=*/false);
  list.add("schedule", "schedule", [](const auto& one, std::size_t) { return one.name; });
  list.add("updates", "updates", [](const auto& one, std::size_t) { return one.updates; });
  const auto add = [&](const char* header, const char* key, double Outcome::*member) {
    list.add_figure(header, key, [=](const auto&, const Outcome& outcome, std::size_t) {
      return outcome.*member;
    });
  };
  add("makespan", "makespan", &Outcome::makespan);
  add("span", "span", &Outcome::span);
  add("bubble", "bubble", &Outcome::bubble);
  add("bubble, share", "bubble_share", &Outcome::bubble_share);
  add("idle, share", "idle_share", &Outcome::idle_share);
  list.add_figure("peak, memory", "peak_memory", [](const auto& one, const Outcome& outcome, auto) {
    return largest_memory(one, outcome);
  });
  list.add("peak memory, by stage", "peak_memory_by_stage", [](const auto& one, std::size_t) {
    return peaks_by_stage(one);
  });
  list.add_figure("waiting", "waiting", [](const auto& one, const Outcome& outcome, auto) {
    return most_waiting(one, outcome);
  });
  list.add("sent", "sent", [](const auto& one, std::size_t) {
    return one.outcomes.front().messages * one.rows;
  });
  return std::move(list.columns);
}

std::vector<Column> stage_columns(const Simulated& simulated) {
  SimulatedColumns list(simulated, /*by_stage=*/true);
  list.add("schedule", "schedule", [](const auto& one, std::size_t) { return one.name; });
  list.add("stage", "stage", [](const auto&, std::size_t stage) -> Cell {
    return static_cast<std::int64_t>(stage);
  });
  const auto add =
      [&](const char* header, const char* key, double schedules::DeviceOutcome::*member) {
        list.add_figure(header, key, [=](const auto&, const Outcome& outcome, std::size_t stage) {
          return outcome.devices[stage].*member;
        });
      };
  add("begins", "begins", &schedules::DeviceOutcome::first);
  add("ends", "ends", &schedules::DeviceOutcome::last);
  add("busy", "busy", &schedules::DeviceOutcome::busy);
  list.add_figure("idle, share", "idle_share", [](const auto&, const Outcome& outcome, auto stage) {
    return std::max(0.0, 1 - outcome.devices[stage].busy / outcome.makespan);
  });
  list.add_figure("peak, memory", "peak_memory", peak_memory);
  list.add_figure("waiting", "waiting", [](const auto& one, const Outcome& outcome, auto stage) {
    return static_cast<double>(outcome.devices[stage].waiting * one.rows);
  });
  return std::move(list.columns);
}

std::string schedule_legend() {
  return "updates: of each weight. makespan: from the first begin to the last end.\n"
         "span: the longest time of a stage from its first begin to its last end.\n"
         "bubble: span without the work of the busiest stage; its share: of the span.\n"
         "idle share: of all stages' time within the makespan.\n"
         "peak memory: of activations held for an update, in --memory; of the stage that holds "
         "most.\n"
         "waiting: micro-batches that have arrived at a stage beside these, at most.\n"
         "sent: micro-batches from stage to stage, activations up and gradients down.\n";
}

std::string stage_legend() {
  return "idle share: of the makespan. peak memory: of activations held for an update, in "
         "--memory.\n"
         "waiting: micro-batches that have arrived at a stage beside these, at most.\n";
}

}  // namespace ff::experiments
