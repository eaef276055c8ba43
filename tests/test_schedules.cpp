// The simulator of pipeline schedules: known tables, closed forms, and what holds of any schedule.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "experiments/schedules/simulation.h"
#include "tests/catch.h"

namespace plans = ff::experiments::schedules;

namespace {

struct PipeTimes {
  double forward, input, weights;
  double all() const { return forward + input + weights; }
};

plans::Plan plan_for(const std::string& name, const plans::Size& size) {
  const auto* schedule = plans::schedule_named(name);
  REQUIRE(schedule);
  return plans::plan_of(*schedule, size);
}

plans::Conditions conditions_for(const PipeTimes& times, double transfer = 0) {
  plans::Conditions conditions;
  conditions.forward = times.forward;
  conditions.input = times.input;
  conditions.weights = times.weights;
  conditions.transfer = transfer;
  return conditions;
}

plans::Outcome simulated(const std::string& name,
                         const plans::Size& size,
                         const PipeTimes& times,
                         double transfer = 0) {
  return plans::simulate(plan_for(name, size), conditions_for(times, transfer));
}

double peak_over_stages(const plans::Outcome& outcome) {
  double most = 0;
  for (const auto& device : outcome.devices) most = std::max(most, device.peak);
  return most;
}

bool within_rounding(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
}

// Every whole F and B up to 5 and every W up to the shorter of them, and two profiles.
std::vector<PipeTimes> times_in_range() {
  std::vector<PipeTimes> all = {{10, 11, 8}, {18, 19, 9}};
  for (int f = 1; f <= 5; ++f) {
    for (int b = 1; b <= 5; ++b) {
      for (int w = 1; w <= std::min(f, b); ++w) all.push_back({double(f), double(b), double(w)});
    }
  }
  return all;
}

struct ClosedForm {
  double makespan, bubble, peak;  // a negative one: none is known
};

void check_form(const std::string& name,
                const plans::Size& size,
                const PipeTimes& times,
                const ClosedForm& form) {
  const auto outcome = simulated(name, size, times);
  const bool good = (form.makespan < 0 || within_rounding(outcome.makespan, form.makespan)) &&
                    within_rounding(outcome.bubble, form.bubble) &&
                    within_rounding(peak_over_stages(outcome), form.peak);
  CAPTURE(name, size.devices, size.batches, size.chunks);
  CAPTURE(times.forward, times.input, times.weights);
  CAPTURE(outcome.makespan,
          outcome.bubble,
          peak_over_stages(outcome),
          form.makespan,
          form.bubble,
          form.peak);
  CHECK(good);
}

}  // namespace

TEST_CASE("Schedules: a table of makespan, span, bubble and peak, to the unit", "[schedules]") {
  struct Row {
    const char* name;
    int p, m;
    PipeTimes times;
    double makespan, span, bubble, peak;
  };
  const std::vector<Row> rows = {
      {"gpipe", 4, 8, {1, 1, 1}, 33, 33, 9, 8},
      {"1f1b", 4, 8, {1, 1, 1}, 33, 33, 9, 4},
      {"zb-h1", 4, 8, {1, 1, 1}, 27, 27, 3, 4},
      {"zb-h2", 4, 8, {1, 1, 1}, 27, 24, 0, 7},
      {"ff-pipelined", 4, 8, {1, 1, 1}, 19, 16, 0, 1},
      {"gpipe", 4, 16, {1, 1, 1}, 57, 57, 9, 16},
      {"1f1b", 4, 16, {1, 1, 1}, 57, 57, 9, 4},
      {"zb-h1", 4, 16, {1, 1, 1}, 51, 51, 3, 4},
      {"zb-h2", 4, 16, {1, 1, 1}, 51, 48, 0, 7},
      {"ff-pipelined", 4, 16, {1, 1, 1}, 35, 32, 0, 1},
      {"gpipe", 8, 24, {1, 1, 1}, 93, 93, 21, 24},
      {"1f1b", 8, 24, {1, 1, 1}, 93, 93, 21, 8},
      {"zb-h1", 8, 24, {1, 1, 1}, 79, 79, 7, 8},
      {"zb-h2", 8, 24, {1, 1, 1}, 79, 72, 0, 15},
      {"ff-pipelined", 8, 24, {1, 1, 1}, 55, 48, 0, 1},
      {"gpipe", 2, 4, {2, 3, 1}, 30, 30, 6, 4},
      {"1f1b", 2, 4, {2, 3, 1}, 30, 30, 6, 2},
      {"zb-h1", 2, 4, {2, 3, 1}, 28, 28, 4, 2},
      {"zb-h2", 2, 4, {2, 3, 1}, 27, 27, 3, 3},
      {"ff-pipelined", 2, 4, {2, 3, 1}, 14, 12, 0, 1},
      {"1f1b", 4, 12, {10, 11, 8}, 435, 435, 87, 4},
      {"zb-h1", 4, 12, {10, 11, 8}, 387, 387, 39, 4},
      {"zb-h2", 4, 12, {10, 11, 8}, 378, 363, 15, 7},
      {"1f1b", 8, 32, {18, 19, 9}, 1794, 1794, 322, 8},
      {"zb-h1", 8, 32, {18, 19, 9}, 1668, 1668, 196, 8},
      {"zb-h2", 8, 32, {18, 19, 9}, 1605, 1605, 133, 15},
      {"1f1b", 1, 4, {1, 1, 1}, 12, 12, 0, 1},
      {"zb-h2", 1, 4, {1, 1, 1}, 12, 12, 0, 1},
      {"1f1b", 4, 2, {1, 1, 1}, 15, 15, 9, 2},
      {"ff-pipelined", 16, 1000, {1, 1, 1}, 2015, 2000, 0, 1},
      {"ff-pipelined", 4, 8, {2, 0, 2}, 38, 32, 0, 1},    // two rows an image
      {"ff-pipelined", 8, 24, {2, 0, 2}, 110, 96, 0, 1},  // the same
  };
  for (const auto& row : rows) {
    CAPTURE(row.name, row.p, row.m);
    const auto outcome = simulated(row.name, {row.p, row.m}, row.times);
    CHECK(outcome.makespan == row.makespan);
    CHECK(outcome.span == row.span);
    CHECK(outcome.bubble == row.bubble);
    CHECK(peak_over_stages(outcome) == row.peak);
  }
  std::vector<double> peaks;
  for (const auto& device : simulated("1f1b", {4, 8}, {1, 1, 1}).devices) {
    peaks.push_back(device.peak);
  }
  CHECK(peaks == std::vector<double>{4, 3, 2, 1});  // min(p - i, m)
}

TEST_CASE("Schedules: closed forms hold over sizes and times", "[schedules]") {
  for (int p = 1; p <= 8; ++p) {
    for (const int m : {2 * p - 1, 2 * p, 3 * p, 5 * p + 1}) {
      for (const auto& t : times_in_range()) {
        const double fill = (p - 1) * t.all(), whole = m * t.all() + fill;
        const double ff = m * (t.forward + t.weights);
        check_form("gpipe", {p, m}, t, {whole, fill, double(m)});
        check_form("1f1b", {p, m}, t, {whole, fill, double(std::min(p, m))});
        const double h1 = (p - 1) * (t.forward + t.input - t.weights);
        check_form("zb-h1", {p, m}, t, {-1, h1, double(std::min(p, m))});
        const double h2 = (p - 1) * (t.forward + t.input - 2 * t.weights);
        check_form("zb-h2", {p, m}, t, {-1, h2, double(std::min(2 * p - 1, m))});
        check_form("ff-pipelined", {p, m}, t, {(p - 1) * t.forward + ff, 0, 1});
        check_form("ff-sequential", {p, m}, t, {(p - 1) * t.forward + p * ff, 0, 1});
      }
    }
  }
}

TEST_CASE("Schedules: closed forms of chunks: interleaved 1F1B and ZB-V", "[schedules]") {
  for (int p = 1; p <= 8; ++p) {
    for (const int m : {2 * p, 3 * p, 5 * p}) {
      for (int v = 2; v <= 4; ++v) {
        for (const auto& t : {PipeTimes{1, 1, 1}, {2, 3, 1}, {1, 2, 4}, {3, 1, 2}}) {
          const double fill = (p - 1) * t.all() / v, held = p + (p - 1.0) / v;
          check_form("interleaved", {p, m, 1, v}, t, {m * t.all() + fill, fill, held});
        }
      }
      for (const double t : {1.0, 3.0}) {
        check_form("zb-v", {p, m}, {t, t, t}, {3 * t * m + (p - 1) * t / 2, 0, double(p)});
      }
    }
  }
}

TEST_CASE("Schedules: where the forms end", "[schedules]") {
  // A longer W than F or B: nothing that could fill the gaps is left of ZB's forms.
  CHECK(simulated("zb-h1", {4, 8}, {1, 1, 3}).bubble > 3 * (1 + 1 - 3));
  CHECK(simulated("zb-h2", {4, 8}, {3, 3, 5}).bubble > 3 * (3 + 3 - 2 * 5));
  CHECK(simulated("zb-v", {4, 8}, {2, 3, 1}).bubble > 0);
  // Fewer micro-batches than stages (appendix H of arXiv 2401.10241).
  for (int p = 2; p <= 8; ++p) {
    for (int m = 1; m <= p; ++m) {
      CAPTURE(p, m);
      const PipeTimes t = {3, 2, 1};
      CHECK(within_rounding(simulated("1f1b", {p, m}, t).span, (m + p - 1) * t.all()));
      const double zb = (m + p - 1) * (t.forward + t.input) + t.weights;
      CHECK(within_rounding(simulated("zb-h1", {p, m}, t).span, zb));
    }
  }
  // Transfers: GPipe pays for them once in each direction, Forward-Forward while it fills.
  const PipeTimes t = {2, 3, 1};
  CHECK(within_rounding(simulated("gpipe", {5, 12}, t, 0.5).makespan, (12 + 4) * 6 + 2 * 4 * 0.5));
  CHECK(within_rounding(simulated("ff-pipelined", {5, 12}, t, 0.5).makespan, 4 * 2.5 + 12 * 3));
  CHECK(
      within_rounding(simulated("ff-sequential", {5, 12}, t, 0.5).makespan, 4 * 2.5 + 5 * 12 * 3));
}

// Table 5 and, for the times, table 9 of arXiv 2401.10241; its rates are computed, too, from times
// that were profiled.
TEST_CASE("Schedules: bubble rates of the zero-bubble paper", "[schedules]") {
  struct Row {
    int p, m;
    PipeTimes times;
    double transfer;
    std::array<double, 3> rates;  // 1F1B, ZB-H1, ZB-H2
  };
  const std::vector<Row> rows = {
      {8, 24, {18.522, 18.086, 9.337}, 0.601, {0.2431, 0.1585, 0.1083}},
      {8, 32, {18.513, 18.086, 9.331}, 0.626, {0.1985, 0.1242, 0.0837}},
      {8, 64, {18.546, 18.097, 9.321}, 0.762, {0.1240, 0.0674, 0.0444}},
      {8, 24, {29.718, 29.444, 19.927}, 0.527, {0.2347, 0.1323, 0.0698}},
      {8, 32, {29.802, 29.428, 19.530}, 0.577, {0.1898, 0.1045, 0.0559}},
      {8, 64, {29.935, 29.621, 19.388}, 0.535, {0.1091, 0.0554, 0.0294}},
      {16, 48, {11.347, 11.248, 8.132}, 0.377, {0.2552, 0.1397, 0.0672}},
      {16, 64, {11.307, 11.254, 8.101}, 0.379, {0.2082, 0.1088, 0.0516}},
      {16, 128, {11.325, 11.308, 8.109}, 0.378, {0.1251, 0.0576, 0.0266}},
      {32, 96, {10.419, 10.207, 7.715}, 0.408, {0.2646, 0.1421, 0.0641}},
      {32, 128, {10.408, 10.204, 7.703}, 0.408, {0.2168, 0.1106, 0.0490}},
      {32, 256, {10.402, 10.248, 7.698}, 0.460, {0.1352, 0.0594, 0.0257}},
  };
  const std::array<const char*, 3> names = {"1f1b", "zb-h1", "zb-h2"};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto outcome = simulated(names[i], {row.p, row.m}, row.times, row.transfer);
      CAPTURE(names[i], row.p, row.m, outcome.bubble_share, row.rates[i]);
      CHECK(std::abs(outcome.bubble_share - row.rates[i]) < 0.00011);  // four digits are printed
    }
  }
  // 1F1B-I has a layer a chunk: 22 layers and two that the ends lack, on 8 devices.
  const auto& row = rows.front();
  const auto interleaved = simulated("interleaved", {8, 24, 1, 3}, row.times, row.transfer);
  CHECK(std::abs(interleaved.bubble_share / 0.1055 - 1) < 0.04);
}

TEST_CASE("Schedules: every batch an update", "[schedules]") {
  const std::map<int, std::array<double, 2>> expected = {
      {2, {600, 402}}, {4, {1200, 406}}, {8, {2400, 414}}};
  for (const auto& [p, makespans] : expected) {
    CAPTURE(p);
    CHECK(simulated("1f1b", {p, 1, 100}, {1, 1, 1}).makespan == makespans[0]);
    CHECK(simulated("ff-pipelined", {p, 1, 100}, {2, 0, 2}).makespan == makespans[1]);
  }
  // Steps without a barrier: ZB-H2's parallelograms stand side by side.
  const auto outcome = simulated("zb-h2", {4, 8, 10}, {1, 1, 1});
  CHECK(outcome.span == 10 * 8 * 3);
  CHECK(outcome.makespan == 10 * 8 * 3 + 3);
}

// docs/parallel.md: from how many micro-batches on backpropagation's pipelines are the faster ones.
TEST_CASE("Schedules: two rows an image against backpropagation, by span", "[schedules]") {
  for (int p = 2; p <= 8; ++p) {
    for (int m = 1; m <= 4 * p; ++m) {
      CAPTURE(p, m);
      const double ff = simulated("ff-pipelined", {p, m}, {2, 0, 2}).span;
      CHECK((ff < simulated("1f1b", {p, m}, {1, 1, 1}).span) == (m < 3 * (p - 1)));
      for (const auto* name : {"zb-h1", "zb-h2", "zb-v"}) {
        CHECK((ff < simulated(name, {p, m}, {1, 1, 1}).span) == (m < p));
      }
    }
  }
}

TEST_CASE("Schedules: a slow stage makes those before it wait", "[schedules]") {
  const auto plan = plan_for("ff-pipelined", {4, 200});
  auto conditions = conditions_for({1, 1, 1});
  conditions.scale = {1, 1, 1, 3};
  for (const int queue : {1, 2, 4}) {
    CAPTURE(queue);
    conditions.queue = queue;
    const auto outcome = plans::simulate(plan, conditions);
    for (const auto& device : outcome.devices) CHECK(device.waiting <= queue);
    CHECK(outcome.makespan == 3 + 200 * 6);  // what the slowest needs, and the fill
  }
  conditions.queue = 0;  // without a bound what waits grows with the batches
  CHECK(plans::simulate(plan, conditions).devices.back().waiting > 100);
}

TEST_CASE("Schedules: what cannot be planned", "[schedules]") {
  CHECK(plans::schedule_named("1F1B") == nullptr);
  CHECK_THROWS_WITH(plan_for("interleaved", {4, 6}),
                    ContainsSubstring("6 micro-batches on 4 stages: allowed: multiples of 4"));
  plans::Plan blocked = plan_for("1f1b", {2, 2});
  std::reverse(blocked.orders[1].begin(), blocked.orders[1].end());
  CHECK_THROWS_WITH(plans::simulate(blocked, {}), ContainsSubstring("block one another"));
}
