// Scheduling of checkpoints that later ones overwrite.
#include "experiments/run/checkpoint_throttle.h"
#include "tests/catch.h"

using ff::experiments::CheckpointThrottle;
using std::chrono::milliseconds;

namespace {

CheckpointThrottle::Time at_ms(int time) { return CheckpointThrottle::Time(milliseconds(time)); }

}  // namespace

TEST_CASE("the first checkpoint is due, and later ones as often as a tenth of the time allows") {
  CheckpointThrottle throttle;
  CHECK_FALSE(throttle.due(0, 1, at_ms(1000)));
  CHECK(throttle.due(1, 1, at_ms(1000)));
  throttle.saved(1, at_ms(1000), at_ms(1100));
  CHECK_FALSE(throttle.due(2, 1, at_ms(1999)));
  CHECK(throttle.due(2, 1, at_ms(2000)));
  throttle.saved(2, at_ms(2000), at_ms(2001));
  CHECK(throttle.due(3, 1, at_ms(2010)));
}

TEST_CASE("a checkpoint that came too soon is due as soon as it may") {
  CheckpointThrottle throttle;
  CHECK_FALSE(throttle.due(49, 50, at_ms(0)));
  throttle.saved(50, at_ms(0), at_ms(100));
  CHECK_FALSE(throttle.due(99, 50, at_ms(5000)));
  CHECK_FALSE(throttle.due(100, 50, at_ms(900)));
  CHECK(throttle.due(101, 50, at_ms(1000)));
}

TEST_CASE("runs that train together take a tenth of the time among them") {
  CheckpointThrottle throttle;
  throttle.share_with(8);
  throttle.saved(1, at_ms(0), at_ms(10));  // saving the other runs takes another 70 ms
  CHECK_FALSE(throttle.due(2, 1, at_ms(799)));
  CHECK(throttle.due(2, 1, at_ms(800)));
}
