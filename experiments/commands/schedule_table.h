// What ff bench schedules shows of simulated schedules, as columns of a table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/schedules/simulation.h"
#include "experiments/table/columns.h"

namespace ff::experiments {

/// One schedule under the same conditions, simulated once for each seed.
struct SimulatedSchedule {
  std::string name;            // "zb-h1", "ff-pipelined, 2 rows"
  int rows = 1;                // of an image, which a micro-batch's size is counted in
  std::int64_t updates = 1;    // of each weight
  std::vector<double> memory;  // of a micro-batch's activations, by stage
  std::vector<schedules::Outcome> outcomes;  // one per seed, without moments
};

/// A row for each schedule.
std::vector<Column> schedule_columns(const std::vector<SimulatedSchedule>& simulated);

/// A row for each stage of each schedule.
std::vector<Column> stage_columns(const std::vector<SimulatedSchedule>& simulated);

/// What the columns mean, for below a table on a terminal.
std::string schedule_legend();
std::string stage_legend();

}  // namespace ff::experiments
