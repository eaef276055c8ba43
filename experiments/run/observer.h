// Observer interface of the training loop. Observers must not change the training.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// Position in the training schedule.
struct Position {
  std::size_t phase = 0;
  std::int64_t epoch = 0;         // completed epochs of this phase
  std::int64_t step = 0;          // completed batches of this epoch
  std::int64_t global_epoch = 0;  // completed epochs of all phases
  std::int64_t total_steps = 0;   // completed batches of all phases
  bool finished = false;
};

struct StepEvent {
  const Phase& phase;
  const Position& position;
  std::int64_t batches = 0;  // in this epoch
  double loss = 0;           // mean over the epoch so far and over the layers being trained
  const Learner& learner;
};

struct EpochEvent {
  const Phase& phase;
  const Position& position;
  Json metrics;  // line of metrics.jsonl
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void step_trained(const StepEvent&) {}
  virtual void epoch_ended(const EpochEvent&) {}
};

}  // namespace ff::experiments
