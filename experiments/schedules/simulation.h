// A plan of pipeline training in time: when each operation begins and ends.
#pragma once

#include <cstdint>
#include <vector>

#include "experiments/schedules/plan.h"

namespace ff::experiments::schedules {

/// How long things take, in any unit of time. A device whose share of the network is cut into
/// chunks needs its times divided by their number for each.
struct Conditions {
  double forward = 1, input = 1, weights = 1;  // F, B and W of a micro-batch on a device
  double transfer = 0;                         // from device to device; computing goes on meanwhile
  std::vector<double> scale;                   // factor of each device's times; empty: 1
  double jitter = 0;       // each operation takes up to this share more or less, evenly spread
  std::uint64_t seed = 0;  // of the jitter; the same operation gets the same in every schedule
  int queue = 0;           // Flow::kLocal: batches a stage may be ahead of the next; 0: any number
  double after_input = 1;  // share of a micro-batch's activations that W still needs after B
};

struct Moments {
  double begin = 0, end = 0;
};

struct DeviceOutcome {
  double first = 0, last = 0;  // when its first operation begins, its last ends
  double busy = 0;             // time in operations
  double peak = 0;             // micro-batches whose activations it holds at most
  int waiting = 0;             // inputs from other devices that it holds at most, beside these
};

struct Outcome {
  std::vector<std::vector<Moments>> moments;  // in the shape of Plan::orders
  std::vector<DeviceOutcome> devices;
  double makespan = 0;        // from the first begin to the last end over all devices
  double span = 0;            // the longest time of a device from its first begin to its last end
  double bubble = 0;          // span without the work of the busiest device
  double bubble_share = 0;    // bubble / span: the "bubble rate" of arXiv 2401.10241
  double idle_share = 0;      // of all devices' time within the makespan
  std::int64_t messages = 0;  // micro-batches sent from device to device, in both directions
};

/// Starts each operation as soon as the one before it on its device has ended and what it waits for
/// has arrived. F waits for F of the stage below (Flow::kSequential: for its frozen pass); B waits
/// for B of the stage above, on the last stage for F; W waits for B, an update for F. Activations
/// are held from the begin of F to the end of W or of the update. Throws std::logic_error where
/// the orders block one another.
Outcome simulate(const Plan& plan, const Conditions& conditions);

}  // namespace ff::experiments::schedules
