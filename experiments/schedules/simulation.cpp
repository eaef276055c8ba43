#include "experiments/schedules/simulation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <stdexcept>
#include <utility>

namespace ff::experiments::schedules {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

// What other operations wait for: B alone or with W is the same to them.
enum Event { kForwardBegun, kForwardDone, kInputDone, kFrozenDone, kEvents };

// splitmix64: the same number everywhere, whatever the order of the questions.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

class Run {
 public:
  Run(const Plan& plan, const Conditions& conditions)
      : plan_(plan), conditions_(conditions), next_(plan.devices), free_(plan.devices, 0.0) {
    for (auto& times : times_) {
      times.assign(static_cast<std::size_t>(plan.stages()) * plan.batches, kNever);
    }
    for (const auto& order : plan.orders) moments_.emplace_back(order.size());
  }

  std::vector<std::vector<Moments>> moments() {
    std::deque<int> awake;
    for (int i = 0; i < plan_.devices; ++i) awake.push_back(i);
    while (!awake.empty()) {
      const int device = awake.front();
      awake.pop_front();
      for (const int other : advance(device)) awake.push_back(other);
    }
    for (int i = 0; i < plan_.devices; ++i) {
      if (next_[i] < plan_.orders[i].size()) throw std::logic_error("orders block one another");
    }
    return std::move(moments_);
  }

  double arrival(int stage, int batch) const {
    const auto event = plan_.flow == Flow::kSequential ? kFrozenDone : kForwardDone;
    return at(event, stage - 1, batch) + transfer(stage - 1, stage);
  }

 private:
  // Does what the device can do; the devices that may now go on.
  std::vector<int> advance(int device) {
    std::vector<int> touched;
    for (const auto& order = plan_.orders[device]; next_[device] < order.size(); ++next_[device]) {
      const auto& operation = order[next_[device]];
      const int stage = plan_.stage_of(device, operation.chunk);
      const double ready = ready_at(operation, stage);
      if (ready == kNever) break;
      const double begin = std::max(ready, free_[device]);
      const double end = begin + length(operation, device, stage);
      moments_[device][next_[device]] = {begin, end};
      free_[device] = end;
      note(operation, stage, begin, end);
      for (const int other : {stage - 1, stage + 1}) {
        if (other < 0 || other >= plan_.stages()) continue;
        const int neighbour = plan_.device_of(other);
        if (neighbour == device) continue;
        if (std::find(touched.begin(), touched.end(), neighbour) == touched.end()) {
          touched.push_back(neighbour);
        }
      }
    }
    return touched;
  }

  double ready_at(const Operation& operation, int stage) const {
    const int batch = operation.batch;
    switch (operation.kind) {
      case Kind::kForward: {
        const double input = stage > 0 ? arrival(stage, batch) : 0;
        const bool bounded = plan_.flow == Flow::kLocal && conditions_.queue > 0 &&
                             stage + 1 < plan_.stages() && batch >= conditions_.queue;
        if (!bounded) return input;
        return std::max(input, at(kForwardBegun, stage + 1, batch - conditions_.queue));
      }
      case Kind::kInput:
      case Kind::kBackward: {
        const double own = at(kForwardDone, stage, batch);
        if (stage + 1 == plan_.stages()) return own;
        return std::max(own, at(kInputDone, stage + 1, batch) + transfer(stage, stage + 1));
      }
      case Kind::kWeights:
        return at(kInputDone, stage, batch);
      case Kind::kUpdate:
      case Kind::kFrozen:
        return at(kForwardDone, stage, batch);
    }
    return kNever;
  }

  double length(const Operation& operation, int device, int stage) const {
    const auto& c = conditions_;
    double time = 0;
    switch (operation.kind) {
      case Kind::kForward:
      case Kind::kFrozen:
        time = c.forward;
        break;
      case Kind::kInput:
        time = c.input;
        break;
      case Kind::kWeights:
      case Kind::kUpdate:
        time = c.weights;
        break;
      case Kind::kBackward:
        time = c.input + c.weights;
        break;
    }
    time /= plan_.chunks;
    if (!c.scale.empty()) time *= c.scale[device];
    if (c.jitter == 0) return time;
    auto hash = mixed(c.seed);
    for (const int part : {static_cast<int>(operation.kind), stage, operation.batch}) {
      hash = mixed(hash ^ static_cast<std::uint64_t>(part));
    }
    const double even = static_cast<double>(hash >> 11) / 9007199254740992.0;  // 2^53: [0, 1)
    return time * (1 + c.jitter * (2 * even - 1));
  }

  void note(const Operation& operation, int stage, double begin, double end) {
    const auto set = [&](Event event, double time) {
      times_[event][index(stage, operation.batch)] = time;
    };
    switch (operation.kind) {
      case Kind::kForward:
        set(kForwardBegun, begin);
        return set(kForwardDone, end);
      case Kind::kInput:
      case Kind::kBackward:
        return set(kInputDone, end);
      case Kind::kFrozen:
        return set(kFrozenDone, end);
      case Kind::kWeights:
      case Kind::kUpdate:
        return;
    }
  }

  double transfer(int stage, int other) const {
    return plan_.device_of(stage) == plan_.device_of(other) ? 0 : conditions_.transfer;
  }
  std::size_t index(int stage, int batch) const {
    return static_cast<std::size_t>(stage) * plan_.batches + batch;
  }
  double at(Event event, int stage, int batch) const { return times_[event][index(stage, batch)]; }

  const Plan& plan_;
  const Conditions& conditions_;
  std::array<std::vector<double>, kEvents> times_;  // kNever: not yet
  std::vector<std::size_t> next_;
  std::vector<double> free_;
  std::vector<std::vector<Moments>> moments_;
};

// In micro-batches. A device does one thing at a time, so its order alone says what it holds.
double peak_of(const Plan& plan, int device, double after_input) {
  int whole = 0, late = 0;  // chunks of batches before B has ended, and between B and W
  double most = 0;
  for (const auto& operation : plan.orders[device]) {
    const bool forward = operation.kind == Kind::kForward || operation.kind == Kind::kFrozen;
    whole += forward ? 1 : 0;
    most = std::max(most, (whole + after_input * late) / plan.chunks);
    switch (operation.kind) {
      case Kind::kForward:
        break;
      case Kind::kInput:
        --whole;
        ++late;
        break;
      case Kind::kWeights:
        --late;
        break;
      case Kind::kBackward:
      case Kind::kUpdate:
      case Kind::kFrozen:
        --whole;
        break;
    }
  }
  return most;
}

// Inputs that have arrived from another device and are still to be read, at most at a time.
int waiting_of(const Plan& plan, const Run& run, const Outcome& outcome, int device) {
  const auto& order = plan.orders[device];
  const bool again = std::any_of(order.begin(), order.end(), [](const Operation& operation) {
    return operation.kind == Kind::kFrozen;
  });
  const auto last_read = again ? Kind::kFrozen : Kind::kForward;
  std::vector<std::pair<double, int>> changes;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const int stage = plan.stage_of(device, order[k].chunk);
    if (order[k].kind != last_read || stage == 0 || plan.device_of(stage - 1) == device) continue;
    const double arrival = run.arrival(stage, order[k].batch);
    const double read = outcome.moments[device][k].begin;
    if (read <= arrival) continue;
    changes.emplace_back(arrival, 1);
    changes.emplace_back(read, -1);
  }
  std::sort(changes.begin(), changes.end());
  int now = 0, most = 0;
  for (const auto& [time, change] : changes) most = std::max(most, now += change);
  return most;
}

std::int64_t messages_of(const Plan& plan) {
  std::int64_t cuts = 0;
  for (int stage = 1; stage < plan.stages(); ++stage) {
    cuts += plan.device_of(stage) != plan.device_of(stage - 1) ? 1 : 0;
  }
  return cuts * plan.batches * (plan.flow == Flow::kBackward ? 2 : 1);
}

}  // namespace

Outcome simulate(const Plan& plan, const Conditions& conditions) {
  Run run(plan, conditions);
  Outcome outcome;
  outcome.moments = run.moments();
  double busiest = 0, busy = 0;
  for (int i = 0; i < plan.devices; ++i) {
    const auto& moments = outcome.moments[i];
    DeviceOutcome device;
    device.first = moments.front().begin;
    device.last = moments.back().end;
    for (const auto& moment : moments) device.busy += moment.end - moment.begin;
    device.peak = peak_of(plan, i, conditions.after_input);
    device.waiting = waiting_of(plan, run, outcome, i);
    outcome.makespan = std::max(outcome.makespan, device.last);
    outcome.span = std::max(outcome.span, device.last - device.first);
    busiest = std::max(busiest, device.busy);
    busy += device.busy;
    outcome.devices.push_back(device);
  }
  outcome.bubble = std::max(0.0, outcome.span - busiest);
  outcome.bubble_share = outcome.bubble / outcome.span;
  outcome.idle_share = std::max(0.0, 1 - busy / (plan.devices * outcome.makespan));
  outcome.messages = messages_of(plan);
  return outcome;
}

}  // namespace ff::experiments::schedules
