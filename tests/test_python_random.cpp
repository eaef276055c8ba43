// Expected values computed with the random module of CPython 3.11.
#include <vector>

#include "ff/core/python_random.h"
#include "tests/catch.h"

using ff::PythonRandom;

namespace {

std::vector<std::int64_t> choices(PythonRandom& random, std::int64_t size, int count) {
  std::vector<std::int64_t> drawn;
  for (int i = 0; i < count; ++i) drawn.push_back(random.choice(size));
  return drawn;
}

}  // namespace

TEST_CASE("getrandbits gives CPython's numbers for a small seed") {
  PythonRandom random(0);
  CHECK(random.bits(32) == 3626764237U);
  CHECK(random.bits(32) == 1654615998U);
  CHECK(random.bits(32) == 3255389356U);
}

TEST_CASE("a seed of more than 32 bits is seeded from both its words") {
  PythonRandom random((1ULL << 40) + 7);
  CHECK(random.bits(32) == 2635837658U);
  CHECK(random.bits(32) == 3209733218U);
  CHECK(choices(random, 8, 5) == std::vector<std::int64_t>{7, 4, 2, 6, 5});
}

TEST_CASE("the generator goes on correctly past its block of 624 words") {
  PythonRandom random(12345);
  for (int i = 0; i < 1000; ++i) random.bits(32);
  CHECK(random.bits(32) == 61767526U);
}

TEST_CASE("choice takes CPython's indices, rejections included") {
  PythonRandom random(0);
  CHECK(choices(random, 9, 12) == std::vector<std::int64_t>{6, 6, 0, 4, 8, 7, 6, 4, 7, 5, 3, 8});
}

TEST_CASE("a generator put back to a state repeats what came after it") {
  PythonRandom random(7);
  for (int i = 0; i < 700; ++i) random.bits(32);
  const auto state = random.state();
  const auto expected = choices(random, 9, 50);
  PythonRandom other(99);
  other.set_state(state);
  CHECK(choices(other, 9, 50) == expected);
}

TEST_CASE("a state of the wrong size is refused") {
  PythonRandom random(7);
  CHECK_THROWS(random.set_state(random.state().slice(0, 0, 100)));
  CHECK_THROWS(random.choice(0));
}
