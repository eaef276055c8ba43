// Stop requests by signal: the current step is completed, a checkpoint saved, and the exit status
// is 130.
#pragma once

#include <cstdint>
#include <stdexcept>

namespace ff::experiments {

/// Installs handlers that set the stop flag for SIGINT (Ctrl-C), SIGTERM, SIGHUP (terminal closed),
/// and SIGUSR1, SIGUSR2 and SIGXCPU (time limits of batch systems). A second SIGINT or SIGTERM
/// kills the program; the others may repeat. An ignored SIGHUP (nohup) stays ignored. SIGPIPE is
/// ignored, so that a run is saved even if its output pipe is closed. Throws std::invalid_argument
/// if FF_TEST_STOP_AFTER_STEPS is not an integer >= 0.
void catch_stop_signals();

/// Returns true if a stop signal has been received.
bool stop_requested();

/// Counts a training step. For reproducible tests: with FF_TEST_STOP_AFTER_STEPS=N in the
/// environment, sets the stop flag after N steps, counted over all runs of the process.
void count_trained_step();

/// Returns the number of steps left until then; a very large number if the variable is not set.
std::int64_t steps_before_stop();

/// Thrown when work is cancelled because of a stop request.
struct Interrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace ff::experiments
