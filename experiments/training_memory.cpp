#include "experiments/training_memory.h"

#include <algorithm>
#include <functional>
#include <memory>

#include <ATen/Functions.h>

#include "experiments/learners.h"
#include "ff/core/python_random.h"
#include "ff/core/tensor_memory.h"
#include "ff/engines/compute_device.h"

namespace ff::experiments {
namespace {

double bytes_of(const TensorDict& tensors) {
  double sum = 0;
  for (const auto& [name, tensor] : tensors) sum += static_cast<double>(tensor.nbytes());
  return sum;
}

// Returns the peak tensor memory on `device` during `work`, above the memory already allocated, in
// bytes.
double peak_above(const at::Device& device, const std::function<void()>& work) {
  if (device.is_cpu()) return static_cast<double>(measure_tensors(work).peak);
  synchronize(device);
  reset_peak_memory(device);  // resets the peak to the current allocation
  const auto before = peak_memory_bytes(device);
  work();
  synchronize(device);
  return static_cast<double>(peak_memory_bytes(device) - before);
}

std::vector<Phase> phases_of(const Learner& learner, PhasesMeasured which) {
  auto phases = learner.phases();
  std::erase_if(phases, [](const Phase& phase) { return phase.epochs == 0; });
  if (which == PhasesMeasured::kFirstAndLast && phases.size() > 2) {
    phases.erase(phases.begin() + 1, phases.end() - 1);
  }
  return phases;
}

}  // namespace

TrainingMemory training_memory(Config config, const ImageSet& train, PhasesMeasured which) {
  config.fused.cache_mib = 0;
  const auto count = std::min(config.batch_size, train.size());
  const auto indices = at::arange(count, at::kLong);
  const auto images = std::make_shared<const ImageSet>(train.subset(indices));
  const auto device = images->images.device();
  PythonRandom random(0);
  at::manual_seed(0);
  std::unique_ptr<Learner> learner;
  const auto training = peak_above(device, [&] {
    learner = find_learner(config.model.type).make(config, *images, random);
    learner->begin_epoch(/*first=*/true);
    for (const auto& phase : phases_of(*learner, which)) {
      learner->enter_epoch(phase, 0);
      for (int step = 0; step < 2; ++step) {
        const std::vector<at::Tensor> rows(learner->streams(), indices);
        learner->train_batch(phase, resident_batch(images, rows));
      }
    }
  });
  TrainingMemory memory;
  memory.parameters = bytes_of(learner->model());
  memory.state = bytes_of(learner->training_state());
  memory.working = training - memory.parameters - memory.state;
  const auto rows = at::rand({config.evaluate.batch_size, images->features()}).to(device);
  memory.evaluate = peak_above(device, [&] { learner->scores(rows); });
  return memory;
}

}  // namespace ff::experiments
