#include "baselines/engines/gpu/mlp_trainer.h"

#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include "ff/engines/gpu/step_loop.h"

namespace ff::gpu {
namespace {

template <class T>
class TypedMlpTrainer : public MlpTrainer {
 public:
  TypedMlpTrainer(std::shared_ptr<Device> device,
                  const MlpParts& parts,
                  const ImageSet& train,
                  std::int64_t batch_size)
      : device_(std::move(device)),
        batches_(train, {{{}, {/*classes=*/0, train.width(), 0, 0}}}, /*streams=*/1, batch_size),
        engine_(*device_,
                train.images.device(),
                parts,
                batch_size,
                (train.size() + batch_size - 1) / batch_size),
        loop_(*device_, batch_size) {}

  ~TypedMlpTrainer() override {
    try {
      device_->synchronize();  // the device must not use the buffers after their destruction
    } catch (const DeviceError&) {
      // Already reported where it occurred, or the device is lost and uses no memory.
    }
  }

  void train_epoch(Epoch& epoch) override;
  at::Tensor logits(const at::Tensor& rows) override { return engine_.logits(rows); }

 private:
  void enqueue(std::int64_t count);

  std::shared_ptr<Device> device_;
  Batches batches_;
  MlpEngine<T> engine_;
  StepLoop loop_;
};

template <class T>
void TypedMlpTrainer<T>::enqueue(std::int64_t count) {
  const RowScale<T> unchanged = {LengthNormalizations::find("none"), T(0)};
  engine_.begin_step();
  device_->launch(batches_.read<T, T>(engine_.pixels(), count, engine_.cursor(), unchanged));
  engine_.train(batches_, count);
}

template <class T>
void TypedMlpTrainer<T>::train_epoch(Epoch& epoch) {
  at::NoGradGuard no_grad;
  const auto orders = epoch.next(Epoch::kAll).ids;
  TORCH_CHECK(!orders.empty(), "gpu: the batches are not of the resident training set");
  batches_.begin_epoch({orders});
  engine_.begin_epoch();
  const auto report = [&](const double* records, std::int64_t steps) {
    auto losses = at::empty({steps, 1}, at::kDouble);
    for (std::int64_t s = 0; s < steps; ++s) losses[s][0] = records[2 * s];
    epoch.trained(losses);
  };
  const auto steps = loop_.run({.kind = 0,
                                .images = orders.front().numel(),
                                .enqueue = [&](std::int64_t size) { enqueue(size); },
                                .step_log = pointer<double>(engine_.step_log()),
                                .record = 2,
                                .report = report,
                                .stopping = [&] { return epoch.stopping(); }});
  engine_.end_epoch(steps);
}

}  // namespace

std::unique_ptr<MlpTrainer> make_mlp_trainer(std::shared_ptr<Device> device,
                                             const MlpParts& parts,
                                             const ImageSet& train,
                                             std::int64_t batch_size) {
  const auto make = [&]<class T>(T) -> std::unique_ptr<MlpTrainer> {
    return std::make_unique<TypedMlpTrainer<T>>(std::move(device), parts, train, batch_size);
  };
  const bool in_double = parts.layers.front().weight.tensor.scalar_type() == at::kDouble;
  return in_double ? make(double()) : make(float());
}

}  // namespace ff::gpu
