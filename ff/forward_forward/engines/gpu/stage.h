// A stage of fully connected blocks, trained by the GPU engine step by step, beside stages that
// autograd trains on the same GPU.
#pragma once

#include <memory>

#include "ff/engines/gpu/device.h"
#include "ff/forward_forward/engines/stage.h"
#include "ff/forward_forward/learner_options.h"

namespace ff::gpu {

/// Creates the stage of blocks [first, last) of a network whose tensors are where `device`
/// computes; `kept` as for AutogradStage. Activations have the network's type, float32 or float64;
/// for precision "bf16" the operands of products are bfloat16. Throws c10::Error if the blocks are
/// not supported, and in training if a batch is larger than options.batch_size.
///
/// Steps are launched one by one, not as CUDA graphs, and do not synchronise, except each 64th,
/// which uploads learning rates and step counts. LibTorch's kernels before and after are in order
/// with them (ff/engines/gpu/cuda_device.h). Dropout draws one seed per step from the default CPU
/// generator.
std::unique_ptr<Stage> make_stage(std::shared_ptr<Device> device,
                                  const FFNetwork& network,
                                  const FFLearnerOptions& options,
                                  std::size_t first,
                                  std::size_t last,
                                  std::vector<std::int64_t> kept);

}  // namespace ff::gpu
