// Several processes at once, so that runs on a CPU share its cores without waiting on each other's.
#pragma once

#include <string>
#include <vector>

namespace ff::experiments {

/// Runs this program with each of `commands`' arguments, at most `at_once` at a time. What they
/// write to standard error comes out here, whole lines at a time; their standard output is thrown
/// away. Asked to stop (stop.h), asks them once, and begins none any more. Returns their exit
/// codes, -1 for those that were not begun, 128 + n after signal n. Throws std::runtime_error when
/// a process cannot be started.
std::vector<int> run_processes(const std::vector<std::vector<std::string>>& commands,
                               std::int64_t at_once);

}  // namespace ff::experiments
