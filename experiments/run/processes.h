// Several processes at once, so that runs on a CPU share its cores without waiting on each other's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ff::experiments {

/// How a process ended: by itself with an exit code, or by a signal (0: by none).
struct ProcessEnd {
  int code = 0;
  int signal = 0;

  bool good() const { return code == 0 && signal == 0; }
};

/// Runs this program with each of `commands`' arguments, at most `at_once` at a time, fewer where
/// the system allows no more. What they write to standard error comes out here, whole lines at a
/// time; their standard output is thrown away. Calls `ended` with the place in `commands` of each
/// as it ends. Asked to stop (stop.h), asks them to and begins none any more. Throws
/// std::runtime_error when not a single process can be started; whatever it throws, those that run
/// are asked to stop and waited for.
void run_processes(const std::vector<std::vector<std::string>>& commands,
                   std::int64_t at_once,
                   const std::function<void(std::size_t place, ProcessEnd end)>& ended);

}  // namespace ff::experiments
