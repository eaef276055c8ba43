#include "ff/engines/gpu/step_loop.h"

#include <algorithm>
#include <deque>

namespace ff::gpu {
namespace {

// Steps per copy of records, and the number of copies in flight: enough to keep the device busy,
// but few enough for the host to stop it soon.
constexpr std::int64_t kStepsPerCopy = 32;
constexpr std::size_t kCopiesInFlight = 2;

struct Records {
  std::unique_ptr<AsyncCopy> copy;
  std::int64_t steps;
};

}  // namespace

void StepLoop::launch_step(const Work& work, std::int64_t size) {
  auto& step = steps_[{work.kind, size}];
  if (!step.graph && step.enqueued_once) step.graph = device_.record([&] { work.enqueue(size); });
  if (step.graph) {
    step.graph->launch();
  } else {
    work.enqueue(size);
    step.enqueued_once = true;
  }
}

std::int64_t StepLoop::run(const Work& work) {
  const auto steps = (work.images + batch_size_ - 1) / batch_size_;
  std::deque<Records> in_flight;
  const auto report_first = [&] {
    auto records = std::move(in_flight.front());
    in_flight.pop_front();
    work.report(static_cast<const double*>(records.copy->wait()), records.steps);
  };
  std::int64_t done = 0;
  while (done < steps && !work.stopping()) {
    const auto count = std::min(kStepsPerCopy, steps - done);
    for (auto s = done; s < done + count; ++s) {
      launch_step(work, std::min(batch_size_, work.images - s * batch_size_));
    }
    const auto* from = work.step_log + done * work.record;
    in_flight.push_back({device_.read(from, count * work.record * sizeof(double)), count});
    done += count;
    while (in_flight.size() > kCopiesInFlight ||
           (!in_flight.empty() && in_flight.front().copy->ready())) {
      report_first();
    }
  }
  while (!in_flight.empty()) report_first();
  device_.synchronize();
  return done;
}

void StepLoop::forget(std::int64_t kind) {
  std::erase_if(steps_, [&](const auto& step) { return step.first.first == kind; });
}

}  // namespace ff::gpu
