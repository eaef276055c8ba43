// Runs several child processes concurrently, so that runs on a CPU share its cores efficiently.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ff::experiments {

/// How a process ended: exit code, or the signal that killed it (0 if none).
struct ProcessEnd {
  int code = 0;
  int signal = 0;

  bool good() const { return code == 0 && signal == 0; }
};

/// Runs this program with each argument list in `commands`, at most `at_once` at a time (fewer if
/// the system limits processes). Forwards their standard error in whole lines and discards their
/// standard output. Calls `ended` with the index in `commands` as each process ends. On a stop
/// request (stop.h), signals the running processes and starts no new ones. Throws
/// std::runtime_error if no process can be started. On any exception, running processes are
/// signalled and waited for.
void run_processes(const std::vector<std::vector<std::string>>& commands,
                   std::int64_t at_once,
                   const std::function<void(std::size_t place, ProcessEnd end)>& ended);

}  // namespace ff::experiments
