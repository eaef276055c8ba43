// Parameter grids of sweeps: values, point names and errors.
#include "experiments/sweep/grid.h"
#include "tests/catch.h"

using namespace ff::experiments;

namespace {

std::vector<GridPoint> points(const Json& grid) {
  Problems problems("s.json");
  const auto axes = read_grid(grid, "grid", problems);
  CHECK(problems.lines() == std::vector<std::string>{});
  return points_of(axes);
}

std::vector<Json> values(const Json& values_of_axis) {
  std::vector<Json> found;
  for (const auto& point : points({{"a.b", values_of_axis}})) found.push_back(point.set["a.b"]);
  return found;
}

std::vector<std::string> labels(const Json& grid) {
  std::vector<std::string> found;
  for (const auto& point : points(grid)) found.push_back(point.label);
  return found;
}

std::vector<std::string> error_text(const Json& grid) {
  Problems problems("s.json");
  read_grid(grid, "grid", problems);
  return problems.lines();
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("A range holds both its ends, and its numbers are short", "[sweep]") {
  CHECK(values({{"from", 1}, {"to", 7}, {"step", 3}}) == std::vector<Json>{1, 4, 7});
  CHECK(values({{"from", 1}, {"to", 6}, {"step", 3}}) == std::vector<Json>{1, 4});
  CHECK(values({{"from", 0.1}, {"to", 0.3}, {"step", 0.1}}) == std::vector<Json>{0.1, 0.2, 0.3});
  CHECK(values({{"from", 0}, {"to", 1}, {"points", 3}}) == std::vector<Json>{0.0, 0.5, 1.0});
  CHECK(values({{"from", 0.001}, {"to", 1}, {"points", 4}, {"scale", "log"}}) ==
        std::vector<Json>{0.001, 0.01, 0.1, 1.0});
  // Integers must stay integers, as integer keys reject floats.
  CHECK(values({{"from", 1}, {"to", 2}, {"step", 1}})[0].is_number_integer());
  CHECK(values({{"from", 1.0}, {"to", 2}, {"step", 1}})[0].is_number_float());
}

TEST_CASE("A range over a key of whole numbers has whole numbers", "[sweep]") {
  const auto of_key = [](const std::string& key, const Json& range) {
    std::vector<Json> found;
    for (const auto& point : points({{key, range}})) found.push_back(point.set[key]);
    return found;
  };
  const auto whole = [&](const std::string& key, const Json& range, const std::vector<Json>& are) {
    const auto found = of_key(key, range);
    CHECK(found == are);
    for (const auto& value : found) CHECK(value.is_number_integer());
  };
  whole(
      "batch_size", {{"from", 4}, {"to", 64}, {"points", 5}, {"scale", "log"}}, {4, 8, 16, 32, 64});
  whole("batch_size", {{"from", 10}, {"to", 100}, {"points", 3}, {"scale", "log"}}, {10, 32, 100});
  whole("schedule.epochs", {{"from", 1}, {"to", 2000001}, {"points", 3}}, {1, 1000001, 2000001});
  // integer or null
  whole("schedule.max_steps", {{"from", 1.0}, {"to", 3}, {"step", 1}}, {1, 2, 3});
  CHECK(of_key("optimizer.learning_rate", {{"from", 1}, {"to", 3}, {"points", 3}})[1]
            .is_number_float());
  CHECK(error_text({{"batch_size", {{"from", 1}, {"to", 3}, {"points", 5}}}}) ==
        Texts{"s.json: grid.batch_size: batch_size takes whole numbers, and two values of this "
              "range round to 2; take fewer points, or a wider range"});
}

TEST_CASE("Points combine every value of every axis, the last fastest", "[sweep]") {
  const auto all = points({{"optimizer.learning_rate", {0.1, 1e-5}}, {"batch_size", {1, 2}}});
  REQUIRE(all.size() == 4);
  CHECK(all[1].label == "learning_rate-0.1.batch_size-2");
  CHECK(all[1].set == Json({{"optimizer.learning_rate", 0.1}, {"batch_size", 2}}));
  CHECK(all[2].label == "learning_rate-1e-05.batch_size-1");
  CHECK(points(Json::object()).size() == 1);
  CHECK(points(Json::object())[0].label.empty());
}

TEST_CASE("What is not chosen over names a group of points", "[sweep]") {
  Problems problems("s.json");
  const Json grid = {{"optimizer.learning_rate", {0.1, 0.2}}, {"batch_size", {1, 2}}};
  const auto axes = read_grid(grid, "grid", problems);
  const auto over_rates = points_of(axes, {"optimizer.learning_rate"});
  REQUIRE(over_rates.size() == 4);
  CHECK(over_rates[1].label == "learning_rate-0.1.batch_size-2");
  CHECK(over_rates[1].kept == "batch_size-2");
  CHECK(over_rates[3].kept == "batch_size-2");
  // The selection does not range over the batch size, so its largest value is not an edge.
  CHECK(over_rates[1].edges == std::vector<std::string>{"optimizer.learning_rate"});
  for (const auto& point : points_of(axes)) CHECK(point.kept.empty());
}

TEST_CASE("A point's name tells keys of the same last part, lists, words and nothing apart",
          "[sweep]") {
  CHECK(labels({{"optimizer.type", {"sgd"}}, {"loss.type", {"relu"}}}) ==
        Texts{"optimizer.type-sgd.loss.type-relu"});
  CHECK(labels({{"model.widths", {{8, 4}, {16, 4}}}}) == Texts{"widths-8-4", "widths-16-4"});
  CHECK(labels({{"schedule.max_steps", {nullptr, 3}}}) == Texts{"max_steps-null", "max_steps-3"});
  CHECK(labels({{"dataset.root", {"/data x"}}, {"a", {1e20, 10.0}}}) ==
        Texts{"root--data-x.a-1e20", "root--data-x.a-10"});
}

TEST_CASE("Alternatives set several keys under a name", "[sweep]") {
  const auto all =
      points({{"stabiliser", {{"none", Json::object()}, {"both", {{"a.b", 1}, {"c", true}}}}},
              {"d", {2}}});
  REQUIRE(all.size() == 2);
  CHECK(all[0].label == "none.d-2");
  CHECK(all[0].set == Json({{"d", 2}}));
  CHECK(all[1].label == "both.d-2");
  CHECK(all[1].set == Json({{"a.b", 1}, {"c", true}, {"d", 2}}));
}

TEST_CASE("The ends of an axis of numbers are its edges", "[sweep]") {
  const auto all = points({{"rate", {0.1, 0.3, 0.01}}, {"word", {"x"}}, {"one", {5}}});
  CHECK(all[0].edges.empty());
  CHECK(all[1].edges == Texts{"rate"});
  CHECK(all[2].edges == Texts{"rate"});
}

TEST_CASE("What is wrong with a grid is said with its place", "[sweep]") {
  const auto one = [](const Json& axis) {
    const auto lines = error_text({{"a", axis}});
    REQUIRE(lines.size() == 1);
    return lines[0];
  };
  CHECK_THAT(one(3), ContainsSubstring("s.json: grid.a: 3 is not allowed; allowed: a list [0.1"));
  CHECK_THAT(one(Json::array()), ContainsSubstring("grid.a: [] is not allowed"));
  CHECK_THAT(one(Json::object()), ContainsSubstring("grid.a: {} is not allowed"));
  CHECK_THAT(one({1, 2, 1}), ContainsSubstring("grid.a: a-1 occurs twice; keep one"));
  CHECK_THAT(one({{{"x", 1}}}), ContainsSubstring("cannot be used as a folder name; name it"));
  CHECK_THAT(one({{"", {{"x", 1}}}}), ContainsSubstring("an alternative has no name"));
  const auto range = [&](const Json& changes) {
    Json json = {{"from", 1}, {"to", 4}, {"step", 1}};
    json.merge_patch(changes);
    return one(json);
  };
  CHECK_THAT(range({{"points", 3}}), ContainsSubstring("give 'step' or 'points', one of the two"));
  CHECK_THAT(range({{"step", nullptr}}), ContainsSubstring("give 'step' or 'points'"));
  CHECK_THAT(range({{"to", nullptr}}), ContainsSubstring("'to' is missing"));
  CHECK_THAT(range({{"from", 4}}), ContainsSubstring("'from' must be below 'to'"));
  CHECK_THAT(range({{"step", 0}}), ContainsSubstring("grid.a.step: 0 is not allowed"));
  CHECK_THAT(range({{"step", 1e-9}}), ContainsSubstring("more than 10000 values"));
  CHECK_THAT(range({{"stop", 3}}),
             ContainsSubstring("grid.a.stop: unknown key; did you mean 'step'?"));
  CHECK_THAT(range({{"scale", "log"}}), ContainsSubstring("'step' has no effect with scale log"));
  CHECK_THAT(range({{"step", nullptr}, {"points", 3}, {"scale", "log"}, {"from", 0}}),
             ContainsSubstring("scale log requires values above 0"));
  CHECK(error_text({{"rate", {1}}, {"other", {{"x", {{"rate", 2}}}}}}) ==
        Texts{"s.json: grid: 'rate' and 'other' both set rate"});
}
