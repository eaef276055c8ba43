// What the training loop tells, and to whom. An observer changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// Where training stands.
struct Position {
  std::size_t phase = 0;
  std::int64_t epoch = 0;         // epochs done in this phase
  std::int64_t step = 0;          // batches done in this epoch
  std::int64_t global_epoch = 0;  // epochs done in all phases
  std::int64_t total_steps = 0;   // batches done in all
  bool finished = false;
};

struct StepEvent {
  const Phase& phase;
  const Position& position;
  std::int64_t batches = 0;  // in this epoch
  double loss = 0;           // mean over the epoch so far, and over the layers it trains
  const Learner& learner;
};

struct EpochEvent {
  const Phase& phase;
  const Position& position;
  Json metrics;  // the line for metrics.jsonl
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void step_trained(const StepEvent&) {}
  virtual void epoch_ended(const EpochEvent&) {}
};

}  // namespace ff::experiments
