// Being asked to stop: Ctrl-C and SIGTERM finish the step, save, and end with 130.
#pragma once

#include <stdexcept>

namespace ff::experiments {

/// From now on SIGINT and SIGTERM only set the flag; a second one ends the program at once.
void catch_stop_signals();

/// Whether a signal has come.
bool stop_requested();

/// Thrown where work is broken off because of it.
struct Interrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace ff::experiments
