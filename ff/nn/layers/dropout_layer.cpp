#include "ff/nn/layers/dropout_layer.h"

#include <mutex>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff {
namespace {

// Returns a generator on `device`, seeded with one draw from the default CPU generator.
at::Generator drawn_generator(const at::Device& device) {
  auto shared = at::detail::getDefaultCPUGenerator();  // a handle, not a copy
  const std::lock_guard<std::mutex> lock(shared.mutex());
  const std::uint64_t seed = at::check_generator<at::CPUGeneratorImpl>(shared)->random();
  if (device.is_cpu()) return at::detail::createCPUGenerator(seed);
  auto generator = at::globalContext()
                       .getAcceleratorHooksInterface(device.type())
                       .getNewGenerator(device.index());
  generator.set_current_seed(seed);
  return generator;
}

class DropoutImpl : public LayerImpl {
 public:
  explicit DropoutImpl(double probability) : probability_(probability) {}

  /// Maps (N, ...) to the same shape.
  at::Tensor forward(const at::Tensor& x, Pass pass) const override {
    if (pass != Pass::kTrain || probability_ == 0) return x;
    const auto keep =
        at::empty_like(x.detach()).bernoulli_(1 - probability_, drawn_generator(x.device()));
    return x * keep.div_(1 - probability_);
  }

 private:
  double probability_;
};

}  // namespace

LayerKind dropout_layer() {
  return {.name = "dropout",
          .fields = {{"probability",
                      0.5,
                      half_open(0, 1),
                      "Probability that a value is set to 0 in training; the others are scaled to "
                      "preserve the expected sum."}},
          .make = [](const LayerOptions& options, const LayerPlace&) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<DropoutImpl>(options.get<double>("probability"));
          }};
}

}  // namespace ff
