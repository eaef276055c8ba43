// Scheduling of checkpoints that later ones overwrite.
#include "experiments/run/save_pace.h"
#include "tests/catch.h"

using ff::experiments::SavePace;
using std::chrono::milliseconds;

namespace {

SavePace::Time at_ms(int time) { return SavePace::Time(milliseconds(time)); }

}  // namespace

TEST_CASE("the first checkpoint is due, and later ones as often as a tenth of the time allows") {
  SavePace pace;
  CHECK_FALSE(pace.due(0, 1, at_ms(1000)));
  CHECK(pace.due(1, 1, at_ms(1000)));
  pace.saved(1, at_ms(1000), at_ms(1100));
  CHECK_FALSE(pace.due(2, 1, at_ms(1999)));
  CHECK(pace.due(2, 1, at_ms(2000)));
  pace.saved(2, at_ms(2000), at_ms(2001));
  CHECK(pace.due(3, 1, at_ms(2010)));
}

TEST_CASE("a checkpoint that came too soon is due as soon as it may") {
  SavePace pace;
  CHECK_FALSE(pace.due(49, 50, at_ms(0)));
  pace.saved(50, at_ms(0), at_ms(100));
  CHECK_FALSE(pace.due(99, 50, at_ms(5000)));
  CHECK_FALSE(pace.due(100, 50, at_ms(900)));
  CHECK(pace.due(101, 50, at_ms(1000)));
}

TEST_CASE("runs that train together take a tenth of the time among them") {
  SavePace pace;
  pace.share_with(8);
  pace.saved(1, at_ms(0), at_ms(10));  // saving the other runs takes another 70 ms
  CHECK_FALSE(pace.due(2, 1, at_ms(799)));
  CHECK(pace.due(2, 1, at_ms(800)));
}
