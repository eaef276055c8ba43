#include "experiments/run/stop.h"

#include <csignal>

namespace ff::experiments {
namespace {

volatile std::sig_atomic_t stop_flag = 0;

}  // namespace

void catch_stop_signals() {
  stop_flag = 0;
  struct sigaction action = {};
  action.sa_handler = [](int) { stop_flag = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool stop_requested() { return stop_flag != 0; }

}  // namespace ff::experiments
