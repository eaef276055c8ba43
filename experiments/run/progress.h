// Progress on standard error: a bar on a terminal, one line per epoch otherwise, nothing if quiet.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "experiments/run/observer.h"

namespace ff::experiments {

/// Returns the observer suited to standard error; null if `quiet`. `title` identifies the run.
std::unique_ptr<Observer> make_progress(const std::string& title, bool quiet);

}  // namespace ff::experiments
