#include "experiments/schedules/plan.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace ff::experiments::schedules {
namespace {

// One device's operations. Within a chunk each kind takes the batches in order, so that an
// operation is told by kind and chunk alone. Batches beyond the last are left out.
class Order {
 public:
  Order(const Size& size, int chunks) : batches_(size.batches), next_(chunks) {}

  void add(Kind kind, int chunk = 0) {
    const int batch = next_[chunk][static_cast<int>(kind)]++;
    if (batch < batches_) operations.push_back({kind, chunk, batch});
  }
  void add(int count, const std::vector<Kind>& kinds, int chunk = 0) {
    for (int k = 0; k < count; ++k) {
      for (const auto kind : kinds) add(kind, chunk);
    }
  }
  int count(Kind kind, int chunk = 0) const { return next_[chunk][static_cast<int>(kind)]; }

  std::vector<Operation> operations;

 private:
  int batches_;
  std::vector<std::array<int, 6>> next_;
};

Plan empty_plan(const Size& size, Flow flow, int chunks = 1) {
  Plan plan;
  plan.devices = size.devices;
  plan.chunks = chunks;
  plan.batches = size.batches;
  plan.flow = flow;
  return plan;
}

// fill(order, i) for each device i, from 0.
template <typename Fill>
Plan planned(Plan plan, const Size& size, const Fill& fill) {
  for (int i = 0; i < size.devices; ++i) {
    Order order(size, plan.chunks);
    fill(order, i);
    plan.orders.push_back(std::move(order.operations));
  }
  return plan;
}

Plan gpipe(const Size& size) {
  return planned(empty_plan(size, Flow::kBackward), size, [&](Order& order, int) {
    order.add(size.batches, {Kind::kForward});
    order.add(size.batches, {Kind::kBackward});
  });
}

Plan one_f_one_b(const Size& size) {
  return planned(empty_plan(size, Flow::kBackward), size, [&](Order& order, int i) {
    const int warm = std::min(size.devices - 1 - i, size.batches);
    order.add(warm, {Kind::kForward});
    order.add(size.batches - warm, {Kind::kForward, Kind::kBackward});
    order.add(warm, {Kind::kBackward});
  });
}

// Micro-batches go through the chunks in groups of as many as there are devices.
Plan interleaved(const Size& size) {
  const int p = size.devices, v = size.chunks, all = size.batches * v;
  const auto chunk_of = [=](int k) { return k % (p * v) / p; };
  return planned(empty_plan(size, Flow::kBackward, v), size, [&](Order& order, int i) {
    const int warm = std::min(2 * (p - 1 - i) + (v - 1) * p, all);
    for (int k = 0; k < warm; ++k) order.add(Kind::kForward, chunk_of(k));
    for (int k = 0; k < all; ++k) {
      if (warm + k < all) order.add(Kind::kForward, chunk_of(warm + k));
      order.add(Kind::kBackward, v - 1 - chunk_of(k));
    }
  });
}

// `warm` forward passes first, then B and F in turn; W lags `delay` batches behind B.
void zero_bubble(Order& order, int batches, int warm, int delay) {
  order.add(warm, {Kind::kForward});
  for (int b = 0; b < batches; ++b) {
    order.add(Kind::kInput);
    if (b >= delay) order.add(Kind::kWeights);
    order.add(Kind::kForward);
  }
  order.add(std::min(delay, batches), {Kind::kWeights});
}

Plan zb_h1(const Size& size) {
  return planned(empty_plan(size, Flow::kBackward), size, [&](Order& order, int i) {
    zero_bubble(order, size.batches, size.devices - i, i);
  });
}

Plan zb_h2(const Size& size) {
  return planned(empty_plan(size, Flow::kBackward), size, [&](Order& order, int i) {
    zero_bubble(order, size.batches, 2 * (size.devices - i) - 1, 2 * i);
  });
}

// Planned for 2p - 1 micro-batches at least, of which those that are not there are left out.
Plan zb_v(const Size& size) {
  const int p = size.devices, batches = std::max(size.batches, 2 * p - 1);
  const std::vector<Kind> group = {Kind::kForward, Kind::kInput, Kind::kWeights};
  auto plan = empty_plan(size, Flow::kBackward, 2);
  plan.v_shape = true;
  return planned(plan, size, [&](Order& order, int i) {
    order.add(2 * (p - i) - 1, {Kind::kForward});
    for (int k = 0; k < i; ++k) {
      order.add(Kind::kForward, 1);
      order.add(Kind::kForward, 0);
    }
    order.add(p - i, group, 1);
    while (order.count(Kind::kForward, 1) < batches) {
      order.add(1, group, 0);
      order.add(1, group, 1);
    }
    const int late = order.count(Kind::kWeights, 0), late_second = order.count(Kind::kWeights, 1);
    for (int k = 0; k < i; ++k) {
      order.add(Kind::kInput, 0);
      order.add(Kind::kInput, 1);
    }
    order.add(p - i, {Kind::kInput, Kind::kWeights}, 0);
    order.add(batches - late_second, {Kind::kWeights}, 1);
    order.add(batches - late - (p - i), {Kind::kWeights}, 0);
  });
}

Plan ff_pipelined(const Size& size) {
  return planned(empty_plan(size, Flow::kLocal), size, [&](Order& order, int) {
    order.add(size.batches, {Kind::kForward, Kind::kUpdate});
  });
}

Plan ff_sequential(const Size& size) {
  return planned(empty_plan(size, Flow::kSequential), size, [&](Order& order, int i) {
    order.add(size.batches, {Kind::kForward, Kind::kUpdate});
    if (i + 1 < size.devices) order.add(size.batches, {Kind::kFrozen});
  });
}

}  // namespace

int Plan::stage_of(int device, int chunk) const {
  return v_shape && chunk == 1 ? 2 * devices - 1 - device : chunk * devices + device;
}

int Plan::device_of(int stage) const {
  return v_shape && stage >= devices ? 2 * devices - 1 - stage : stage % devices;
}

const std::vector<Schedule>& all_schedules() {
  static const std::vector<Schedule> list = {
      {"gpipe", "all forward passes, then all backward passes", Flow::kBackward, gpipe},
      {"1f1b", "one forward, one backward", Flow::kBackward, one_f_one_b},
      {"interleaved", "1F1B, several chunks a device", Flow::kBackward, interleaved},
      {"zb-h1", "gradients at weights fill gaps; 1F1B's memory", Flow::kBackward, zb_h1},
      {"zb-h2", "the same with twice the memory", Flow::kBackward, zb_h2},
      {"zb-v", "two chunks a device, there and back", Flow::kBackward, zb_v},
      {"ff-sequential", "Forward-Forward, stage after stage", Flow::kSequential, ff_sequential},
      {"ff-pipelined", "Forward-Forward, all stages at once", Flow::kLocal, ff_pipelined},
  };
  return list;
}

const Schedule* schedule_named(const std::string& name) {
  for (const auto& schedule : all_schedules()) {
    if (schedule.name == name) return &schedule;
  }
  return nullptr;
}

std::string problem_of(const Schedule& schedule, const Size& size) {
  if (schedule.one_step != interleaved || size.batches % size.devices == 0) return "";
  return schedule.name + ": " + std::to_string(size.batches) + " micro-batches on " +
         std::to_string(size.devices) + " stages: allowed: multiples of " +
         std::to_string(size.devices);
}

Plan plan_of(const Schedule& schedule, const Size& size) {
  const auto problem = problem_of(schedule, size);
  if (!problem.empty()) throw std::invalid_argument(problem);
  if (schedule.flow != Flow::kBackward) {
    auto whole = size;
    whole.batches *= size.steps;
    return schedule.one_step(whole);
  }
  auto plan = schedule.one_step(size);
  plan.batches *= size.steps;
  for (auto& order : plan.orders) {
    const auto step = order;
    for (int s = 1; s < size.steps; ++s) {
      for (auto operation : step) {
        operation.batch += s * size.batches;
        order.push_back(operation);
      }
    }
  }
  return plan;
}

}  // namespace ff::experiments::schedules
