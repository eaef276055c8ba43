#include "ff/engines/gpu/step_loop.h"

#include <algorithm>
#include <deque>

namespace ff::gpu {
namespace {

// Steps per copy of records, and the number of copies in flight: enough to keep the device busy,
// but few enough for the host to stop it soon.
constexpr std::int64_t kStepsTold = 32;
constexpr std::size_t kOnTheWay = 2;

struct Records {
  std::unique_ptr<Reading> reading;
  std::int64_t steps;
};

}  // namespace

void StepLoop::make(const Work& work, std::int64_t size) {
  auto& step = steps_[{work.kind, size}];
  if (!step.graph && step.made) step.graph = device_.record([&] { work.ask(size); });
  if (step.graph) {
    step.graph->launch();
  } else {
    work.ask(size);
    step.made = true;
  }
}

std::int64_t StepLoop::run(const Work& work) {
  const auto steps = (work.images + batch_size_ - 1) / batch_size_;
  std::deque<Records> on_the_way;
  const auto tell_first = [&] {
    auto records = std::move(on_the_way.front());
    on_the_way.pop_front();
    work.tell(static_cast<const double*>(records.reading->wait()), records.steps);
  };
  std::int64_t done = 0;
  while (done < steps && !work.stopping()) {
    const auto count = std::min(kStepsTold, steps - done);
    for (auto s = done; s < done + count; ++s) {
      make(work, std::min(batch_size_, work.images - s * batch_size_));
    }
    const auto* from = work.history + done * work.record;
    on_the_way.push_back({device_.read(from, count * work.record * sizeof(double)), count});
    done += count;
    while (on_the_way.size() > kOnTheWay ||
           (!on_the_way.empty() && on_the_way.front().reading->ready())) {
      tell_first();
    }
  }
  while (!on_the_way.empty()) tell_first();
  device_.synchronize();
  return done;
}

void StepLoop::forget(std::int64_t kind) {
  std::erase_if(steps_, [&](const auto& step) { return step.first.first == kind; });
}

}  // namespace ff::gpu
