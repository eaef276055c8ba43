#include "ff/forward_forward/engines/gpu/stage.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include "ff/forward_forward/engines/gpu/goodness_engine.h"

namespace ff::gpu {
namespace {

// Steps between two uploads of learning rates and step counts, each of which synchronises: the
// engine's log of losses has room for as many.
constexpr std::int64_t kSteps = 64;

template <class T, class X>
class TypedStage : public Stage {
 public:
  TypedStage(std::shared_ptr<Device> device,
             const FFNetwork& network,
             const FFLearnerOptions& options,
             std::size_t first,
             std::size_t last,
             std::vector<std::int64_t> kept)
      : device_(std::move(device)),
        network_(network),
        kept_layers_(std::move(kept)),
        max_rows_(2 * options.batch_size),
        seeds_(options.model.dropout > 0 ? tensor_of<std::int64_t>({kSteps}, place())
                                         : at::Tensor()),
        engine_(*device_,
                place(),
                {some_of(network, first, last)},
                model_above(options.model, first),
                options.loss,
                {options.optimizer},
                max_rows_,
                kSteps,
                {.dropout_seeds = pointer<std::int64_t>(seeds_)}) {
    for (const auto l : kept_layers_) engine_.keep_activations(static_cast<std::size_t>(l));
    engine_.keep_activations(top());
  }

  ~TypedStage() override {
    try {
      device_->synchronize();  // before its memory is released
    } catch (const DeviceError&) {
      // Already reported where it occurred, or the device is lost and its memory no longer in use.
    }
  }

  std::string engine() const override { return "fused"; }
  void begin_epoch() override { next_ = kSteps; }
  Halves train(const Halves& in, std::vector<at::Tensor>& losses) override;
  at::Tensor train_block(std::size_t l, const Halves& in) override;
  std::vector<at::Tensor> kept() const override;

 private:
  using Parts = typename FFEngine<T, X>::Parts;

  at::Device place() const { return network_->layers.front()->weight.device(); }
  std::size_t top() const { return static_cast<std::size_t>(engine_.depth()) - 1; }
  void step(Parts blocks, const Halves& in);
  at::Tensor losses_of(Parts blocks) const;

  std::shared_ptr<Device> device_;
  FFNetwork network_;
  std::vector<std::int64_t> kept_layers_;
  std::int64_t max_rows_;
  at::Tensor seeds_;  // of dropout, int64 (kSteps) on the device
  FFEngine<T, X> engine_;
  std::int64_t next_ = kSteps;  // the next step's place in the log; kSteps: upload first
  std::int64_t positives_ = 0;  // of the last step
};

// Trains `blocks` once, from the activations below them.
template <class T, class X>
void TypedStage<T, X>::step(Parts blocks, const Halves& in) {
  positives_ = in.pos.size(0);
  const auto count = 2 * positives_;
  TORCH_CHECK(in.neg.size(0) == positives_ && count <= max_rows_,
              "gpu: a batch of ",
              positives_,
              " positives and ",
              in.neg.size(0),
              " negatives, but batch_size is ",
              max_rows_ / 2);
  if (next_ == kSteps) {
    engine_.begin_epoch();
    next_ = 0;
  }
  if (seeds_.defined()) seeds_[next_].fill_(at::empty({1}, at::kLong).random_().item());
  ++next_;
  const auto first = static_cast<std::size_t>(blocks.first);
  const auto pos = in.pos.flatten(1).contiguous(), neg = in.neg.flatten(1).contiguous();
  engine_.begin_step(blocks);
  device_->launch(ScaleRows<T, X>{.pos = pos.template const_data_ptr<T>(),
                                  .neg = neg.template const_data_ptr<T>(),
                                  .x = engine_.rows().input(first),
                                  .rows = count,
                                  .positives = positives_,
                                  .width = engine_.width_below(first),
                                  .scale = engine_.input_scale(first)});
  for (std::int64_t l = 0; l < blocks.count; ++l) {
    engine_.train_layer(first + static_cast<std::size_t>(l), count);
  }
  engine_.end_epoch(blocks, 1);
}

// Copies the losses of the last step out of the log, which a later step overwrites: float64 (k).
template <class T, class X>
at::Tensor TypedStage<T, X>::losses_of(Parts blocks) const {
  return engine_.step_log()[next_ - 1][0]
      .narrow(0, blocks.first, blocks.count)
      .select(1, 0)
      .clone();
}

template <class T, class X>
Halves TypedStage<T, X>::train(const Halves& in, std::vector<at::Tensor>& losses) {
  at::NoGradGuard no_grad;
  const Parts blocks = {0, engine_.depth()};
  step(blocks, in);
  for (const auto& loss : losses_of(blocks).unbind()) losses.push_back(loss);
  const auto& activations = engine_.activations(top());
  return {activations.narrow(0, 0, positives_), activations.narrow(0, positives_, positives_)};
}

template <class T, class X>
at::Tensor TypedStage<T, X>::train_block(std::size_t l, const Halves& in) {
  at::NoGradGuard no_grad;
  const Parts block = {static_cast<std::int64_t>(l), 1};
  step(block, in);
  return losses_of(block)[0];
}

template <class T, class X>
std::vector<at::Tensor> TypedStage<T, X>::kept() const {
  at::NoGradGuard no_grad;
  std::vector<at::Tensor> kept;
  for (const auto l : kept_layers_) {
    const auto& activations = engine_.activations(static_cast<std::size_t>(l));
    kept.push_back(network_->normalized(activations.narrow(0, 0, positives_)));
  }
  return kept;
}

}  // namespace

std::unique_ptr<Stage> make_stage(std::shared_ptr<Device> device,
                                  const FFNetwork& network,
                                  const FFLearnerOptions& options,
                                  std::size_t first,
                                  std::size_t last,
                                  std::vector<std::int64_t> kept) {
  const auto make = [&]<class T, class X>(T, X) -> std::unique_ptr<Stage> {
    return std::make_unique<TypedStage<T, X>>(
        std::move(device), network, options, first, last, std::move(kept));
  };
  const auto type = network->layers[first]->weight.scalar_type();
  if (type == at::kDouble) return make(double(), double());
  if (options.precision == "bf16") return make(float(), BFloat16());
  return make(float(), float());
}

}  // namespace ff::gpu
