// Schedules of pipeline training: what each device does, in which order. Needs neither LibTorch nor
// JSON. Sources: GPipe (arXiv 1811.06965), 1F1B and interleaved 1F1B (arXiv 2104.04473), ZB-H1,
// ZB-H2 and ZB-V (arXiv 2401.10241, sections 2 and 6), Forward-Forward (arXiv 2212.13345).
#pragma once

#include <string>
#include <vector>

namespace ff::experiments::schedules {

enum class Kind {
  kForward,   // F
  kInput,     // B: the gradient at the input
  kWeights,   // W: the gradient at the weights
  kBackward,  // B and W as one operation
  kUpdate,    // Forward-Forward's own gradient and update of a stage
  kFrozen,    // a pass through layers that are trained, for the next stage to train on
};

struct Operation {
  Kind kind;
  int chunk;  // which of its device's chunks, from 0
  int batch;  // from 0
};

/// Who waits for whom.
enum class Flow {
  kBackward,    // a forward pass up all stages, a backward pass down again
  kLocal,       // forward passes; each stage updates itself
  kSequential,  // the same, but a stage is trained on all batches before the next one begins
};

/// The network as `devices` * `chunks` stages in a row, and the order of each device's operations.
struct Plan {
  int devices = 1, chunks = 1, batches = 1;
  bool v_shape = false;  // the second chunks lie on the devices from the last to the first
  Flow flow = Flow::kBackward;
  std::vector<std::vector<Operation>> orders;  // one per device

  int stages() const { return devices * chunks; }
  int stage_of(int device, int chunk) const;
  int device_of(int stage) const;
};

struct Size {
  int devices = 4;
  int batches = 8;  // micro-batches of a step
  int steps = 1;    // optimizer steps of backpropagation; Forward-Forward goes on without a break
  int chunks = 2;   // of a device, with interleaved 1F1B
};

struct Schedule {
  std::string name;   // "zb-h1"
  std::string about;  // a sentence
  Flow flow;
  Plan (*one_step)(const Size& size);
};

/// All schedules, in the order in which tables show them.
const std::vector<Schedule>& all_schedules();

/// The schedule of that name, or nullptr.
const Schedule* schedule_named(const std::string& name);

/// Why the schedule cannot be made for that size, with what is allowed; empty where it can.
std::string problem_of(const Schedule& schedule, const Size& size);

/// The plan over all steps; std::invalid_argument with problem_of's text where there is none. A
/// device begins the next step when it has done its own part of this one: no barrier at the
/// optimizer, as in section 4 of arXiv 2401.10241.
Plan plan_of(const Schedule& schedule, const Size& size);

}  // namespace ff::experiments::schedules
