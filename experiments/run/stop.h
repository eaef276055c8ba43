// Being asked to stop: a signal finishes the step, saves, and ends with 130.
#pragma once

#include <cstdint>
#include <stdexcept>

namespace ff::experiments {

/// From now on SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal closed), SIGUSR1, SIGUSR2 and SIGXCPU
/// (batch systems: time is nearly up) only set the flag. A second SIGINT or SIGTERM ends the
/// program at once; the others may come again and again. A SIGHUP that is ignored (nohup) stays
/// ignored. SIGPIPE is ignored from now on: a run is saved though nobody reads what it prints.
/// Throws std::invalid_argument when FF_TEST_STOP_AFTER_STEPS is not a whole number of at least 0.
void catch_stop_signals();

/// Whether a signal has come.
bool stop_requested();

/// For tests that stop at the same place every time: with FF_TEST_STOP_AFTER_STEPS=N in the
/// environment, the process is asked to stop as if by a signal when it has trained N steps, of all
/// its runs together. Counts a step.
void count_trained_step();

/// How many steps are left until then; without the variable, more than anybody trains.
std::int64_t steps_before_stop();

/// Thrown where work is broken off because of it.
struct Interrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace ff::experiments
