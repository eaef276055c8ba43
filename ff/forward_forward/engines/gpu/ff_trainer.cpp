#include "ff/forward_forward/engines/gpu/ff_trainer.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include "ff/engines/gpu/step_loop.h"
#include "ff/forward_forward/engines/training.h"

namespace ff::gpu {
namespace {

// Samples per block when computing the outputs of frozen layers for all images.
constexpr std::int64_t kFillRows = 4096;

template <class Part>
std::vector<Part> each(const std::vector<TrainerMember>& members, Part TrainerMember::*part) {
  std::vector<Part> parts;
  for (const auto& member : members) parts.push_back(member.*part);
  return parts;
}

template <class T, class X>
class TypedFFTrainer : public FFTrainer {
 public:
  TypedFFTrainer(std::shared_ptr<Device> device,
                 const TrainerOptions& options,
                 std::vector<TrainerMember> members,
                 const ImageSet& train)
      : device_(std::move(device)),
        options_(options),
        members_(std::move(members)),
        place_(train.images.device()),
        batches_(train,
                 each(members_, &TrainerMember::labels),
                 options.streams,
                 options.batch_size,
                 options.draws),
        engine_(*device_,
                place_,
                each(members_, &TrainerMember::network),
                options.model,
                options.loss,
                each(members_, &TrainerMember::optimizer),
                2 * options.batch_size,
                (train.size() + options.batch_size - 1) / options.batch_size,
                {members_.front().head, batches_.dropout_seeds()}),
        loop_(*device_, options.batch_size) {}

  ~TypedFFTrainer() override {
    try {
      device_->synchronize();  // before its memory is released
    } catch (const DeviceError&) {
      // Already reported where it occurred, or the device is lost and its memory no longer in use.
    }
  }

  void train_epoch(const Phase& phase, const std::vector<Epoch*>& epochs) override;
  at::Tensor goodness_by_label(std::size_t network, const at::Tensor& rows) override {
    return engine_.goodness_by_label(network, rows, members_[network].labels.overlay);
  }
  std::vector<double> thresholds(std::size_t network) const override;
  HeadLoss head_loss() const override { return head_loss_; }

 private:
  using Parts = typename FFEngine<T, X>::Parts;

  Parts parts_of(const Phase& phase) const;
  // Key of the step's graph: the parts it trains, and whether it reads cached activations.
  std::int64_t kind_of(Parts parts, bool cached) const {
    return 2 * (parts.first * (engine_.parts() + 1) + parts.count) + (cached ? 1 : 0);
  }
  bool has_head(Parts parts) const { return parts.first + parts.count > engine_.depth(); }
  Parts layers_of(Parts parts) const;
  std::int64_t begin_epoch(const std::vector<Epoch*>& epochs, bool positives_only);
  void enqueue(Parts parts, bool cached, std::int64_t images);
  void report(Parts parts,
              const std::vector<Epoch*>& epochs,
              const double* records,
              std::int64_t steps);
  void add_head_losses(const double* records, std::int64_t steps, std::int64_t images);
  bool fits_cache(std::int64_t width) const;
  void fill_cache(std::int64_t layer);

  std::shared_ptr<Device> device_;
  TrainerOptions options_;
  std::vector<TrainerMember> members_;
  at::Device place_;
  Batches batches_;
  FFEngine<T, X> engine_;
  StepLoop loop_;
  std::int64_t cached_layer_ = 0;  // 0: none, as the first layer reads the pixels
  at::Tensor cache_;               // X (networks, 2, N, in), of positives and of negatives
  std::vector<std::vector<double>> reported_thresholds_;  // per network, during an epoch
  HeadLoss head_loss_;
};

template <class T, class X>
auto TypedFFTrainer<T, X>::parts_of(const Phase& phase) const -> Parts {
  if (phase.name == kHeadPhase) return {engine_.depth(), 1};
  if (phase.layer >= 0) return {phase.layer, 1};
  return {0, engine_.depth() + (options_.head_along ? 1 : 0)};
}

template <class T, class X>
auto TypedFFTrainer<T, X>::layers_of(Parts parts) const -> Parts {
  return {parts.first, parts.count - (has_head(parts) ? 1 : 0)};
}

template <class T, class X>
std::int64_t TypedFFTrainer<T, X>::begin_epoch(const std::vector<Epoch*>& epochs,
                                               bool positives_only) {
  std::vector<std::vector<at::Tensor>> orders;
  for (auto* epoch : epochs) {
    orders.push_back(epoch->next(Epoch::kAll).ids);
    TORCH_CHECK(!orders.back().empty(), "gpu: the batches are not of the resident training set");
  }
  const auto images = orders.front().front().numel();
  for (const auto& of_network : orders) {
    for (const auto& order : of_network) {
      TORCH_CHECK(order.numel() == images, "gpu: networks that train together are at one place");
    }
  }
  batches_.begin_epoch(orders, positives_only);
  engine_.begin_epoch();
  head_loss_ = {};
  reported_thresholds_.clear();
  for (const auto& member : members_) {
    reported_thresholds_.emplace_back();
    for (const auto& layer : member.network->layers) {
      reported_thresholds_.back().push_back(layer->threshold.template item<T>());
    }
  }
  return images;
}

// Enqueues one step of `images` positives and as many negatives per network, read from the pixels
// or the cache. The head comes first, because hard negatives are drawn from its predictions.
template <class T, class X>
void TypedFFTrainer<T, X>::enqueue(Parts parts, bool cached, std::int64_t images) {
  engine_.begin_step(parts);
  auto& rows = engine_.rows();
  if (has_head(parts)) {
    device_->launch(batches_.read_unlabelled<T, X>(
        rows.input(0), images, engine_.cursor(), engine_.input_scale()));
    engine_.forward_to_head(images, /*with_dropout=*/layers_of(parts).count > 0);
    engine_.train_head(batches_, images);
  }
  const auto layers = layers_of(parts);
  if (layers.count == 0) return;
  const auto layer = static_cast<std::size_t>(layers.first);
  const auto count = 2 * images;
  if (cached) {
    device_->launch(batches_.gather<T, X>(cache_, rows.input(layer), count, engine_.cursor()));
  } else {
    device_->launch(
        batches_.read<T, X>(rows.input(0), count, engine_.cursor(), engine_.input_scale()));
    engine_.pass_up(rows, 0, layer, count);
  }
  for (auto l = layer; l < layer + layers.count; ++l) engine_.train_layer(l, count);
}

template <class T, class X>
bool TypedFFTrainer<T, X>::fits_cache(std::int64_t width) const {
  return options_.cache.fits_cache(2 * engine_.networks() * batches_.images() * width, sizeof(X));
}

// Caches the input of `layer` for every image: computed from the cached input of the layer below if
// there is room for both, else from the pixels.
template <class T, class X>
void TypedFFTrainer<T, X>::fill_cache(std::int64_t layer) {
  if (cached_layer_ == layer) return;
  const auto width = engine_.width_below(layer), width_below = engine_.width_below(layer - 1);
  const bool from_cache =
      cached_layer_ > 0 && cached_layer_ == layer - 1 && fits_cache(width + width_below);
  loop_.forget(kind_of({layer, 1}, /*cached=*/true));
  const auto below = from_cache ? cache_ : at::Tensor();
  cache_ = at::Tensor();
  cache_ = tensor_of<X>({engine_.networks(), 2, batches_.images(), width}, place_);
  const auto block = std::max<std::int64_t>(256, kFillRows / engine_.networks());
  auto memory = engine_.make_rows(block);
  for (std::int64_t half = 0; half < 2; ++half) {
    for (std::int64_t begin = 0; begin < batches_.images(); begin += block) {
      const auto count = std::min(block, batches_.images() - begin);
      const auto rows_of = [&](std::int64_t l, std::int64_t of_row) {
        return memory.input_tensor(l)
            .narrow(0, 0, engine_.networks() * count * of_row)
            .view({engine_.networks(), count, of_row});
      };
      if (from_cache) {
        rows_of(layer - 1, width_below).copy_(below.select(1, half).narrow(1, begin, count));
      } else {
        device_->launch(batches_.read_range<T, X>(
            memory.input(0), begin, count, /*positive=*/half == 0, engine_.input_scale()));
      }
      engine_.pass_up(memory, from_cache ? layer - 1 : 0, layer, count);
      cache_.select(1, half).narrow(1, begin, count).copy_(rows_of(layer, width));
    }
  }
  device_->synchronize();  // the workspace is released here
  cached_layer_ = layer;
}

// Reports the losses of the layers, or of the head if it is trained alone, to the epochs.
template <class T, class X>
void TypedFFTrainer<T, X>::report(Parts parts,
                                  const std::vector<Epoch*>& epochs,
                                  const double* records,
                                  std::int64_t steps) {
  const auto networks = engine_.networks();
  const auto [first, count] = parts.first == engine_.depth() ? parts : layers_of(parts);
  for (std::int64_t n = 0; n < networks; ++n) {
    auto of_network = at::empty({steps, count}, at::kDouble);
    auto* to = of_network.template mutable_data_ptr<double>();
    for (std::int64_t s = 0; s < steps; ++s) {
      for (std::int64_t l = 0; l < count; ++l) {
        const auto* record = records + 2 * ((s * networks + n) * engine_.parts() + first + l);
        to[s * count + l] = record[0];
        if (first + l < engine_.depth()) reported_thresholds_[n][first + l] = record[1];
      }
    }
    epochs[n]->trained(of_network);
  }
}

// Adds up the head's losses, in the order of the steps; the epoch's last batch may be smaller.
template <class T, class X>
void TypedFFTrainer<T, X>::add_head_losses(const double* records,
                                           std::int64_t steps,
                                           std::int64_t images) {
  for (std::int64_t s = 0; s < steps; ++s) {
    const auto left = static_cast<double>(images) - head_loss_.images;
    const auto size = std::min(static_cast<double>(options_.batch_size), left);
    head_loss_.sum += size * records[2 * (s * engine_.parts() + engine_.depth())];
    head_loss_.images += size;
  }
}

template <class T, class X>
void TypedFFTrainer<T, X>::train_epoch(const Phase& phase, const std::vector<Epoch*>& epochs) {
  at::NoGradGuard no_grad;
  const auto parts = parts_of(phase);
  const bool along = has_head(parts) && layers_of(parts).count > 0;
  const auto images = begin_epoch(epochs, /*positives_only=*/layers_of(parts).count == 0);
  const bool cached = phase.layer > 0 && fits_cache(engine_.width_below(phase.layer));
  if (cached) fill_cache(phase.layer);
  const auto report_steps = [&](const double* records, std::int64_t steps) {
    if (along) add_head_losses(records, steps, images);
    report(parts, epochs, records, steps);
  };
  const auto steps =
      loop_.run({.kind = kind_of(parts, cached),
                 .images = images,
                 .enqueue = [&](std::int64_t size) { enqueue(parts, cached, size); },
                 .step_log = pointer<double>(engine_.step_log()),
                 .record = 2 * engine_.parts() * engine_.networks(),
                 .report = report_steps,
                 .stopping =
                     [&] {
                       return std::any_of(epochs.begin(), epochs.end(), [](auto* epoch) {
                         return epoch->stopping();
                       });
                     }});
  engine_.end_epoch(parts, steps);
  batches_.end_epoch(steps);
  reported_thresholds_.clear();
}

template <class T, class X>
std::vector<double> TypedFFTrainer<T, X>::thresholds(std::size_t network) const {
  if (!reported_thresholds_.empty()) return reported_thresholds_[network];
  std::vector<double> thresholds;
  for (const auto& layer : members_[network].network->layers) {
    thresholds.push_back(layer->threshold.template item<T>());
  }
  return thresholds;
}

}  // namespace

std::unique_ptr<FFTrainer> make_ff_trainer(std::shared_ptr<Device> device,
                                           const TrainerOptions& options,
                                           std::vector<TrainerMember> members,
                                           const ImageSet& train) {
  TORCH_CHECK(!members.empty(), "gpu: no network to train");
  const auto type = members.front().network->layers.front()->weight.scalar_type();
  const auto make = [&]<class T, class X>(T, X) -> std::unique_ptr<FFTrainer> {
    return std::make_unique<TypedFFTrainer<T, X>>(
        std::move(device), options, std::move(members), train);
  };
  if (type == at::kDouble) return make(double(), double());
  if (options.precision == "bf16") return make(float(), BFloat16());
  return make(float(), float());
}

}  // namespace ff::gpu
