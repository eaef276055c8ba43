// Options of the training schedule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ff/core/fields.h"

namespace ff {

struct ScheduleOptions {
  std::string type = "sequential";
  std::int64_t epochs = 3;
  std::optional<std::int64_t> max_steps;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of({"sequential", "parallel"}),
          "sequential: layer by layer, with earlier layers frozen; parallel: every layer on every "
          "batch, with the output of the layer below from before its update as input.");
    visit("epochs", self.epochs, between(0, 1e6), "Epochs; with sequential, per layer.");
    visit("max_steps",
          self.max_steps,
          at_least(1),
          "Stop training after this many batches in total (for tests); null: no limit.");
  }
};

}  // namespace ff
