// What holds of every simulated schedule, looked at from outside: by its orders and moments alone.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "experiments/schedules/simulation.h"
#include "tests/catch.h"

namespace plans = ff::experiments::schedules;

namespace {

using plans::Kind;

// One simulated schedule, and its moments by operation.
struct SeenRun {
  const plans::Schedule& schedule;
  plans::Size size;
  plans::Conditions conditions;
  plans::Plan plan;
  plans::Outcome outcome;
  std::map<std::tuple<Kind, int, int>, plans::Moments> moments;  // kind, stage, batch

  const plans::Moments* find(Kind kind, int stage, int batch) const {
    const auto found = moments.find({kind, stage, batch});
    return found == moments.end() ? nullptr : &found->second;
  }
  double transfer(int stage, int other) const {
    return plan.device_of(stage) == plan.device_of(other) ? 0 : conditions.transfer;
  }
};

SeenRun seen_run(const plans::Schedule& schedule,
                 const plans::Size& size,
                 const plans::Conditions& conditions) {
  SeenRun one{schedule, size, conditions, plans::plan_of(schedule, size), {}, {}};
  one.outcome = plans::simulate(one.plan, conditions);
  for (int i = 0; i < one.plan.devices; ++i) {
    const auto& order = one.plan.orders[i];
    REQUIRE(one.outcome.moments[i].size() == order.size());
    for (std::size_t k = 0; k < order.size(); ++k) {
      const int stage = one.plan.stage_of(i, order[k].chunk);
      CHECK(one.plan.device_of(stage) == i);
      const bool first =
          one.moments.insert({{order[k].kind, stage, order[k].batch}, one.outcome.moments[i][k]})
              .second;
      CHECK(first);  // nothing is done twice
    }
  }
  return one;
}

// Every micro-batch passes every stage forward and is learned from there, once.
void check_whole(const SeenRun& one) {
  std::size_t expected = 0;
  const int last = one.plan.stages() - 1;
  for (int stage = 0; stage <= last; ++stage) {
    for (int batch = 0; batch < one.size.batches * one.size.steps; ++batch) {
      bool good = one.find(Kind::kForward, stage, batch) != nullptr;
      if (one.plan.flow == plans::Flow::kBackward) {
        const bool as_one = one.find(Kind::kBackward, stage, batch) != nullptr;
        const bool apart = one.find(Kind::kInput, stage, batch) != nullptr &&
                           one.find(Kind::kWeights, stage, batch) != nullptr;
        good = good && as_one != apart;
        expected += as_one ? 2 : 3;
      } else {
        const bool again = one.plan.flow == plans::Flow::kSequential && stage < last;
        good = good && one.find(Kind::kUpdate, stage, batch) != nullptr &&
               (one.find(Kind::kFrozen, stage, batch) != nullptr) == again;
        expected += again ? 3 : 2;
      }
      if (!good) FAIL_CHECK("stage " << stage << ", batch " << batch << ": not once");
    }
  }
  CHECK(one.moments.size() == expected);
}

void check_alone(const SeenRun& one) {
  for (const auto& moments : one.outcome.moments) {
    double free = 0;
    bool good = true;
    for (const auto& moment : moments) {
      good = good && moment.begin >= free && moment.end > moment.begin;
      free = moment.end;
    }
    CHECK(good);  // never two things at once
  }
}

// `later` begins when `earlier` has ended and arrived.
bool follows(const plans::Moments* later, const plans::Moments* earlier, double transfer) {
  return !later || (earlier && later->begin >= earlier->end + transfer);
}

void check_waits(const SeenRun& one) {
  const int last = one.plan.stages() - 1;
  const auto passed = one.plan.flow == plans::Flow::kSequential ? Kind::kFrozen : Kind::kForward;
  for (const auto& [key, moment] : one.moments) {
    const auto [kind, stage, batch] = key;
    bool good = true;
    if (kind == Kind::kForward && stage > 0) {
      good = follows(&moment, one.find(passed, stage - 1, batch), one.transfer(stage - 1, stage));
    }
    if (kind == Kind::kInput || kind == Kind::kBackward) {
      good = follows(&moment, one.find(Kind::kForward, stage, batch), 0) &&
             (stage == last ||
              follows(&moment, one.find(kind, stage + 1, batch), one.transfer(stage, stage + 1)));
    }
    if (kind == Kind::kWeights) good = follows(&moment, one.find(Kind::kInput, stage, batch), 0);
    if (kind == Kind::kUpdate) good = follows(&moment, one.find(Kind::kForward, stage, batch), 0);
    // Forward-Forward with one process's bits: no batch before the last one's update.
    if (kind == Kind::kForward && one.plan.flow != plans::Flow::kBackward && batch > 0) {
      good = good && follows(&moment, one.find(Kind::kUpdate, stage, batch - 1), 0);
    }
    // Backpropagation: no batch of a step before all updates of the one before.
    if (kind == Kind::kForward && one.plan.flow == plans::Flow::kBackward) {
      const int before = batch / one.size.batches * one.size.batches - 1;
      for (const auto learned : {Kind::kWeights, Kind::kBackward}) {
        const auto* update = before < 0 ? nullptr : one.find(learned, stage, before);
        if (update) good = good && follows(&moment, update, 0);
      }
    }
    if (!good) FAIL_CHECK("stage " << stage << ", batch " << batch << " did not wait");
  }
}

// Activations counted by the moments of their begin and end, beside what the outcome says.
void check_peaks(const SeenRun& one) {
  for (int i = 0; i < one.plan.devices; ++i) {
    std::vector<std::pair<double, int>> changes;
    for (const auto& [key, moment] : one.moments) {
      const auto [kind, stage, batch] = key;
      if (one.plan.device_of(stage) != i) continue;
      if (kind == Kind::kForward) changes.emplace_back(moment.begin, 1);
      const bool frees = kind == Kind::kWeights || kind == Kind::kBackward || kind == Kind::kUpdate;
      if (frees) changes.emplace_back(moment.end, -1);
    }
    std::sort(changes.begin(), changes.end());
    int now = 0, most = 0;
    for (const auto& change : changes) most = std::max(most, now += change.second);
    CHECK(now == 0);
    CHECK(one.outcome.devices[i].peak == Approx(double(most) / one.plan.chunks));
    const int p = one.plan.devices;
    const std::map<std::string, double> bounds = {{"1f1b", p - i},
                                                  {"interleaved", p + double(p - 1)},
                                                  {"zb-h1", p},
                                                  {"zb-h2", 2 * p - 1},
                                                  {"zb-v", p},
                                                  {"ff-sequential", 1},
                                                  {"ff-pipelined", 1}};
    const auto bound = bounds.find(one.schedule.name);
    if (bound != bounds.end()) CHECK(one.outcome.devices[i].peak <= bound->second);
  }
}

void check_figures(const SeenRun& one) {
  double last = 0, span = 0, busy = 0, busiest = 0;
  for (const auto& moments : one.outcome.moments) {
    double work = 0;
    for (const auto& moment : moments) work += moment.end - moment.begin;
    last = std::max(last, moments.back().end);
    span = std::max(span, moments.back().end - moments.front().begin);
    busiest = std::max(busiest, work);
    busy += work;
  }
  CHECK(one.outcome.makespan == last);
  CHECK(one.outcome.span == span);
  CHECK(one.outcome.bubble == Approx(span - busiest).margin(1e-9));
  CHECK(one.outcome.bubble_share == Approx(one.outcome.bubble / span).margin(1e-12));
  CHECK(one.outcome.idle_share ==
        Approx(1 - busy / (last * static_cast<double>(one.outcome.moments.size()))).margin(1e-12));
}

std::vector<plans::Conditions> different_conditions(int devices) {
  plans::Conditions plain, far, uneven;
  far.forward = 2;
  far.input = 3;
  far.transfer = 0.7;
  uneven.weights = 3;
  uneven.transfer = 0.1;
  uneven.jitter = 0.8;
  uneven.seed = 7;
  uneven.queue = 1;
  for (int i = 0; i < devices; ++i) uneven.scale.push_back(1 + i % 3);
  return {plain, far, uneven};
}

}  // namespace

TEST_CASE("Schedules: identities of every schedule", "[schedules]") {
  std::size_t checked = 0;
  for (const auto& schedule : plans::all_schedules()) {
    for (const int devices : {1, 2, 3, 5, 8}) {
      for (const int batches : {1, 2, 5, 8, 15, 24}) {
        for (const auto& conditions : different_conditions(devices)) {
          const plans::Size size = {devices, batches, 1 + batches % 3, 2 + batches % 2};
          if (!plans::problem_of(schedule, size).empty()) continue;
          CAPTURE(schedule.name, devices, batches, size.steps, size.chunks, conditions.transfer);
          const auto one = seen_run(schedule, size, conditions);
          check_whole(one);
          check_alone(one);
          check_waits(one);
          check_peaks(one);
          check_figures(one);
          ++checked;
        }
      }
    }
  }
  CHECK(checked > 600);
}

TEST_CASE("Schedules: activations that W does not need are freed after B", "[schedules]") {
  const plans::Size size = {4, 12};
  for (const auto* name : {"zb-h1", "zb-h2"}) {
    plans::Conditions conditions;
    conditions.after_input = 0.5;
    const auto one = seen_run(*plans::schedule_named(name), size, conditions);
    const int twice = std::string(name) == "zb-h2" ? 2 : 1;
    // Section 2.3 of arXiv 2401.10241, stages from 0: (p - i) M_B + i M_W, and with 2(p - i) - 1
    // and 2i; the first stage holds most.
    for (int i = 0; i < 4; ++i) {
      const double own = twice == 2 ? 2 * (4 - i) - 1 : 4 - i;
      CHECK(one.outcome.devices[i].peak == own + 0.5 * twice * i);
    }
  }
}

TEST_CASE("Schedules: jitter has a seed, and is the same in every schedule", "[schedules]") {
  plans::Conditions conditions;
  conditions.jitter = 0.4;
  conditions.seed = 3;
  const plans::Size size = {4, 50};
  const auto made = [&](const char* name) {
    return seen_run(*plans::schedule_named(name), size, conditions);
  };
  const auto one = made("1f1b"), again = made("1f1b"), gpipe = made("gpipe");
  conditions.seed = 4;
  const auto other = made("1f1b");
  double sum = 0, least = 2, most = 0;
  for (const auto& [key, moment] : one.moments) {
    const auto length = [&](const SeenRun& run) {
      const auto& found = run.moments.at(key);
      return found.end - found.begin;
    };
    CHECK(length(again) == length(one));
    CHECK(length(gpipe) == Approx(length(one)));
    CHECK(length(other) != length(one));
    const double share = length(one) / (std::get<Kind>(key) == Kind::kForward ? 1 : 2);
    least = std::min(least, share);
    most = std::max(most, share);
    sum += share;
  }
  CHECK(least >= 0.6);
  CHECK(most <= 1.4);
  CHECK(least < 0.61);  // of 400 draws
  CHECK(most > 1.39);
  CHECK(std::abs(sum / static_cast<double>(one.moments.size()) - 1) < 0.04);
}
