#include "ff/gpu/ff_trainer.h"

#include <algorithm>
#include <deque>
#include <map>
#include <tuple>

#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

namespace ff::gpu {
namespace {

// Losses come back for so many steps at once, and so many times they may be on their way: the
// device always has work, and the host is told soon enough to stop it.
constexpr std::int64_t kStepsTold = 32;
constexpr std::size_t kOnTheWay = 2;

// Rows in work at a time where frozen layers' outputs are computed for all images.
constexpr std::int64_t kFillRows = 4096;

std::vector<FFNetwork> networks_of(const std::vector<Member>& members) {
  std::vector<FFNetwork> networks;
  for (const auto& member : members) networks.push_back(member.network);
  return networks;
}

std::vector<OptimizerOptions> optimizers_of(const std::vector<Member>& members) {
  std::vector<OptimizerOptions> optimizers;
  for (const auto& member : members) optimizers.push_back(member.optimizer);
  return optimizers;
}

std::vector<Labels> labels_of(const std::vector<Member>& members) {
  std::vector<Labels> labels;
  for (const auto& member : members) labels.push_back(member.labels);
  return labels;
}

template <class T, class X>
class Trainer : public FFTrainer {
 public:
  Trainer(std::shared_ptr<Device> device,
          const TrainerOptions& options,
          std::vector<Member> members,
          const ImageSet& train)
      : device_(std::move(device)),
        options_(options),
        members_(std::move(members)),
        place_(train.images.device()),
        batches_(train, labels_of(members_), options.streams, options.batch_size),
        engine_(*device_,
                place_,
                networks_of(members_),
                options.model,
                options.loss,
                optimizers_of(members_),
                2 * options.batch_size,
                (train.size() + options.batch_size - 1) / options.batch_size) {}

  ~Trainer() override {
    try {
      device_->synchronize();  // before its memory goes
    } catch (const DeviceError&) {
      // It was told where it came up, or the device is gone and nothing of it is in use.
    }
  }

  void train_epoch(const Phase& phase, const std::vector<Epoch*>& epochs) override;
  at::Tensor goodness_by_label(std::size_t network, const at::Tensor& rows) override {
    return engine_.goodness_by_label(network, rows, members_[network].labels.overlay);
  }
  std::vector<double> thresholds(std::size_t network) const override;
  std::int64_t streams() const override { return options_.streams; }

 private:
  // A way to make a step; each is recorded once.
  struct Step {
    std::int64_t layer;  // -1: all
    std::int64_t count;  // rows of each network
    bool kept;           // its rows are kept from an earlier pass
    auto operator<=>(const Step&) const = default;
  };
  struct Recorded {
    bool ran = false;
    std::unique_ptr<Graph> graph;
  };
  // Losses on their way: of `steps` steps.
  struct Losses {
    std::unique_ptr<Reading> reading;
    std::int64_t steps;
  };

  std::int64_t begin_epoch(const std::vector<Epoch*>& epochs);
  void ask(const Step& step);
  void run(const Step& step);
  void tell(const Phase& phase, const std::vector<Epoch*>& epochs, Losses losses);
  bool may_keep(std::int64_t width) const;
  void keep(std::int64_t layer);

  std::shared_ptr<Device> device_;
  TrainerOptions options_;
  std::vector<Member> members_;
  at::Device place_;
  Batches batches_;
  FFEngine<T, X> engine_;
  std::map<Step, Recorded> steps_;
  std::int64_t kept_layer_ = 0;  // 0: nothing, as the first layer's input is the pixels
  at::Tensor kept_;              // X (networks, 2, N, in) of positives and negatives
  std::vector<std::vector<double>> told_thresholds_;  // of each network, in an epoch
};

template <class T, class X>
std::int64_t Trainer<T, X>::begin_epoch(const std::vector<Epoch*>& epochs) {
  std::vector<std::vector<at::Tensor>> orders;
  for (auto* epoch : epochs) orders.push_back(epoch->rest());
  const auto images = orders.front().front().numel();
  for (const auto& of_network : orders) {
    for (const auto& order : of_network) {
      TORCH_CHECK(order.numel() == images, "gpu: networks that train together are at one place");
    }
  }
  batches_.begin_epoch(orders);
  engine_.begin_epoch();
  told_thresholds_.clear();
  for (const auto& member : members_) {
    told_thresholds_.emplace_back();
    for (const auto& layer : member.network->layers) {
      told_thresholds_.back().push_back(layer->threshold.template item<T>());
    }
  }
  return images;
}

// What a step is made of. Called while recording, and once before.
template <class T, class X>
void Trainer<T, X>::ask(const Step& step) {
  engine_.begin_step(step.layer);
  auto& rows = engine_.rows();
  const auto layer = static_cast<std::size_t>(std::max<std::int64_t>(step.layer, 0));
  if (step.kept) {
    device_->launch(batches_.gather<T, X>(kept_, rows.input(layer), step.count, engine_.cursor()));
  } else {
    device_->launch(
        batches_.read<T, X>(rows.input(0), step.count, engine_.cursor(), engine_.input_scale()));
    engine_.pass_up(rows, layer, step.count);
  }
  if (step.layer < 0) {
    engine_.train_all(step.count);
  } else {
    engine_.train_layer(layer, step.count);
  }
}

template <class T, class X>
void Trainer<T, X>::run(const Step& step) {
  auto& recorded = steps_[step];
  if (!recorded.graph && recorded.ran) recorded.graph = device_->record([&] { ask(step); });
  if (recorded.graph) {
    recorded.graph->launch();
  } else {
    ask(step);
    recorded.ran = true;
  }
}

template <class T, class X>
bool Trainer<T, X>::may_keep(std::int64_t width) const {
  const auto bytes = 2.0 * static_cast<double>(batches_.images() * width) * sizeof(X);
  return options_.negatives_stay && bytes <= static_cast<double>(options_.cache_mib) * (1 << 20);
}

template <class T, class X>
void Trainer<T, X>::keep(std::int64_t layer) {
  if (kept_layer_ == layer) return;
  const auto width = engine_.width_below(layer);
  std::erase_if(steps_, [](const auto& step) { return step.first.kept; });  // they read kept_
  kept_ = at::Tensor();  // the layer before's goes first: never both
  kept_ = tensor_of<X>({engine_.networks(), 2, batches_.images(), width}, place_);
  const auto block = std::max<std::int64_t>(256, kFillRows / engine_.networks());
  auto memory = engine_.make_rows(block);
  for (const bool positive : {true, false}) {
    for (std::int64_t begin = 0; begin < batches_.images(); begin += block) {
      const auto count = std::min(block, batches_.images() - begin);
      device_->launch(batches_.read_range<T, X>(
          memory.input(0), begin, count, positive, engine_.input_scale()));
      engine_.pass_up(memory, layer, count);
      const auto rows = memory.input_tensor(layer).narrow(0, 0, engine_.networks() * count * width);
      kept_.select(1, positive ? 0 : 1)
          .narrow(1, begin, count)
          .copy_(rows.view({engine_.networks(), count, width}));
    }
  }
  device_->synchronize();  // the memory in work is given back here
  kept_layer_ = layer;
}

template <class T, class X>
void Trainer<T, X>::tell(const Phase& phase, const std::vector<Epoch*>& epochs, Losses losses) {
  const auto depth = engine_.depth(), networks = engine_.networks();
  const auto first = std::max<std::int64_t>(phase.layer, 0);
  const auto layers = phase.layer < 0 ? depth : 1;
  const auto* records = static_cast<const double*>(losses.reading->wait());
  for (std::int64_t n = 0; n < networks; ++n) {
    auto of_network = at::empty({losses.steps, layers}, at::kDouble);
    auto* to = of_network.template mutable_data_ptr<double>();
    for (std::int64_t s = 0; s < losses.steps; ++s) {
      for (std::int64_t l = 0; l < layers; ++l) {
        const auto* record = records + 2 * ((s * networks + n) * depth + first + l);
        to[s * layers + l] = record[0];
        told_thresholds_[n][first + l] = record[1];
      }
    }
    epochs[n]->trained_batches(of_network);
  }
}

template <class T, class X>
void Trainer<T, X>::train_epoch(const Phase& phase, const std::vector<Epoch*>& epochs) {
  at::NoGradGuard no_grad;
  const auto images = begin_epoch(epochs);
  const bool kept = phase.layer > 0 && may_keep(engine_.width_below(phase.layer));
  if (kept) keep(phase.layer);
  const auto steps = (images + options_.batch_size - 1) / options_.batch_size;
  const auto record = 2 * engine_.depth() * engine_.networks();
  std::deque<Losses> on_the_way;
  std::int64_t done = 0;
  const auto stopping = [&] {
    return std::any_of(epochs.begin(), epochs.end(), [](auto* e) { return e->stopping(); });
  };
  while (done < steps && !stopping()) {
    const auto count = std::min(kStepsTold, steps - done);
    for (auto s = done; s < done + count; ++s) {
      const auto size = std::min(options_.batch_size, images - s * options_.batch_size);
      run({phase.layer, 2 * size, kept});
    }
    const auto* from = pointer<double>(engine_.history()) + done * record;
    on_the_way.push_back({device_->read(from, count * record * sizeof(double)), count});
    done += count;
    while (on_the_way.size() > kOnTheWay ||
           (!on_the_way.empty() && on_the_way.front().reading->ready())) {
      auto losses = std::move(on_the_way.front());
      on_the_way.pop_front();
      tell(phase, epochs, std::move(losses));
    }
  }
  for (auto& losses : on_the_way) tell(phase, epochs, std::move(losses));
  device_->synchronize();
  engine_.end_epoch(phase.layer, done);
  told_thresholds_.clear();
}

template <class T, class X>
std::vector<double> Trainer<T, X>::thresholds(std::size_t network) const {
  if (!told_thresholds_.empty()) return told_thresholds_[network];
  std::vector<double> thresholds;
  for (const auto& layer : members_[network].network->layers) {
    thresholds.push_back(layer->threshold.template item<T>());
  }
  return thresholds;
}

}  // namespace

std::unique_ptr<FFTrainer> make_ff_trainer(std::shared_ptr<Device> device,
                                           const TrainerOptions& options,
                                           std::vector<Member> members,
                                           const ImageSet& train) {
  TORCH_CHECK(!members.empty(), "gpu: no network to train");
  const auto type = members.front().network->layers.front()->weight.scalar_type();
  const auto make = [&]<class T, class X>(T, X) -> std::unique_ptr<FFTrainer> {
    return std::make_unique<Trainer<T, X>>(std::move(device), options, std::move(members), train);
  };
  if (type == at::kDouble) return make(double(), double());
  if (options.precision == "bf16") return make(float(), BFloat16());
  return make(float(), float());
}

}  // namespace ff::gpu
