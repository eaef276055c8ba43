// Progress on standard error: a bar on a terminal, a line per epoch elsewhere, nothing when quiet.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "experiments/run/observer.h"

namespace ff::experiments {

/// The observer that fits standard error; null when `quiet`. `title` names the run.
std::unique_ptr<Observer> make_progress(const std::string& title, bool quiet);

}  // namespace ff::experiments
