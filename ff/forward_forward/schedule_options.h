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
          "sequential: layer by layer, the earlier ones frozen; parallel: every layer on every "
          "batch, each fed what the layer below gave before its update.");
    visit("epochs",
          self.epochs,
          between(0, 1e6),
          "Epochs; in the sequential schedule, of each layer.");
    visit("max_steps",
          self.max_steps,
          at_least(1),
          "Training ends after so many batches in all (for tests); null: never.");
  }
};

}  // namespace ff
