// `ff samples`: the training images of a rule as a PNG file.
#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace {

// Returns width and height from the PNG header.
std::pair<int, int> size_of_png(const std::string& bytes) {
  const auto number = [&](std::size_t at) {
    int value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value = value * 256 + static_cast<unsigned char>(bytes[at + i]);
    return value;
  };
  REQUIRE(bytes.size() > 24);
  REQUIRE(bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  return {number(16), number(20)};
}

const Json kHybrid = {{"negatives", {{"type", "hybrid"}}},
                      {"head", {{"type", "softmax"}, {"train", "after"}}},
                      {"predict", {{"by", "head"}}}};

}  // namespace

TEST_CASE("A picture of positives, negatives and masks", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", kHybrid));
  const auto ended = bench.ff({"samples", "x.json", "--count", "5", "--out", "x.png"});
  INFO(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(ended.out == "wrote x.png; from top to bottom:\n  1 positives\n  2 negatives\n  3 masks\n");
  const auto [width, height] = size_of_png(bench.snapshot().at("x.png"));
  CHECK(width == 2 * (5 * 16 + 4 * 2));
  CHECK(height == 2 * (3 * 8 + 2 * 2));
}

TEST_CASE("What cannot be drawn is said, and no picture is left", "[e2e]") {
  const Workbench bench;
  bench.write("bp.json", small_bp("bp"));
  const auto before = bench.snapshot();
  const auto nothing = bench.ff({"samples", "bp.json"});
  CHECK(nothing.exit_code == 1);
  CHECK_THAT(nothing.err,
             ContainsSubstring("bp.json: model.type bp has no positives, negatives or masks"));
  CHECK(bench.ff({"samples"}).exit_code == 2);
  CHECK(bench.ff({"samples", "bp.json", "--count", "0"}).exit_code == 2);
  CHECK(changes_between(before, bench.snapshot()).empty());
  bench.write("x.json", small_ff("x", kHybrid));
  const auto no_place = bench.ff({"samples", "x.json", "--out", "no/where.png"});
  CHECK(no_place.exit_code == 1);
  CHECK_THAT(no_place.err, ContainsSubstring("no/where.png"));
}
