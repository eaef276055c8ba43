// Formatting of numbers and lists in messages and tables.
#include <cmath>

#include "ff/core/text.h"
#include "tests/catch.h"

TEST_CASE("Lists are joined by commas, or by what is asked for", "[text]") {
  CHECK(ff::joined({}).empty());
  CHECK(ff::joined({"a"}) == "a");
  CHECK(ff::joined({"a", "", "c"}) == "a, , c");
  CHECK(ff::joined({"", "b"}, " | ") == " | b");
}

TEST_CASE("Numbers have as many digits as asked for", "[text]") {
  CHECK(ff::significant(1) == "1");
  CHECK(ff::significant(0.12345) == "0.123");
  CHECK(ff::significant(0.1, 10) == "0.1");
  CHECK(ff::significant(1e-5, 10) == "1e-05");
  CHECK(ff::significant(NAN) == "nan");
  CHECK(ff::fixed(0.95, 4) == "0.9500");
  CHECK(ff::fixed(2.5, 0) == "2");
  CHECK(ff::fixed(1e300, 1).size() == 303);
}
