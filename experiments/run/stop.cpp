#include "experiments/run/stop.h"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

namespace ff::experiments {
namespace {

constexpr auto kNever = std::numeric_limits<std::int64_t>::max();

volatile std::sig_atomic_t stop_flag = 0;
std::int64_t steps_left = kNever;

std::int64_t steps_to_train() {
  const char* name = "FF_TEST_STOP_AFTER_STEPS";
  const char* text = std::getenv(name);
  if (!text) return kNever;
  std::int64_t steps = 0;
  const char* end = text + std::strlen(text);
  const auto read = std::from_chars(text, end, steps);
  if (read.ec != std::errc() || read.ptr != end || steps < 0) {
    throw std::invalid_argument(std::string(name) + "=" + text +
                                ": expected a whole number of at least 0");
  }
  return steps;
}

void catch_signal(int number, int flags) {
  struct sigaction action = {};
  action.sa_handler = [](int) { stop_flag = 1; };
  action.sa_flags = flags;
  sigaction(number, &action, nullptr);
}

bool is_ignored(int number) {
  struct sigaction action = {};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

void catch_stop_signals() {
  steps_left = steps_to_train();
  stop_flag = steps_left == 0;
  constexpr auto kOnce = static_cast<int>(SA_RESETHAND | SA_RESTART);
  for (const int number : {SIGINT, SIGTERM}) catch_signal(number, kOnce);
  // Handled repeatedly: SIGXCPU arrives every second until the hard limit, and a batch system may
  // repeat its signal.
  for (const int number : {SIGUSR1, SIGUSR2, SIGXCPU}) catch_signal(number, SA_RESTART);
  if (!is_ignored(SIGHUP)) catch_signal(SIGHUP, SA_RESTART);
  std::signal(SIGPIPE, SIG_IGN);
}

bool stop_requested() { return stop_flag != 0; }

void count_trained_step() {
  if (steps_left == kNever) return;
  if (steps_left > 0) --steps_left;
  if (steps_left == 0) stop_flag = 1;
}

std::int64_t steps_before_stop() { return steps_left; }

}  // namespace ff::experiments
