// Time lines of schedules as SVG.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "experiments/schedules/plan.h"
#include "experiments/schedules/simulation.h"

namespace ff::experiments::schedules {

struct TimeLine {
  std::string title;
  Plan plan;
  Outcome outcome;
};

constexpr std::size_t kMostDrawn = 5000;  // operations in a picture

/// How many operations the time lines have together.
std::size_t operations_in(const std::vector<TimeLine>& lines);

/// One below the other on one axis of time: a row for each device, a box for each operation, in it
/// the micro-batch's number from 1 where there is room. Colours follow the viewer's light or dark
/// scheme. std::invalid_argument beyond kMostDrawn.
std::string picture_of(const std::vector<TimeLine>& lines);

}  // namespace ff::experiments::schedules
