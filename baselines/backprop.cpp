#include "baselines/backprop.h"

#include <stdexcept>

#include <ATen/Functions.h>
#include <torch/nn/modules/container/modulelist.h>

#include "ff/init.h"

namespace ff::baselines {

MlpImpl::MlpImpl(const MlpOptions& options) : activation_(find_activation(options.activation)) {
  auto list = register_module("layers", torch::nn::ModuleList());
  auto in_features = options.in_features;
  for (const auto width : options.widths) {
    layers.emplace_back(in_features, width);  // draws the torch init
    if (options.init != "torch") {
      find_init(options.init).fill(layers.back()->weight, layers.back()->bias);
    }
    list->push_back(layers.back());
    in_features = width;
  }
}

at::Tensor MlpImpl::forward(const at::Tensor& x) {
  auto out = layers.front()->forward(x);
  for (std::size_t i = 1; i < layers.size(); ++i) {
    out = layers[i]->forward(activation_.forward(out));
  }
  return out;
}

Backprop::Backprop(BackpropOptions options, ImageSet train)
    : options_(std::move(options)), train_(std::move(train)) {
  if (options_.mlp.widths.back() != train_.classes) {
    throw std::invalid_argument("model.widths: the last layer has " +
                                std::to_string(options_.mlp.widths.back()) +
                                " units, but there are " + std::to_string(train_.classes) +
                                " classes; it needs one unit per class");
  }
  check_augment(options_.augment, train_.height(), train_.width());
  options_.mlp.in_features = train_.features();
  network = Mlp(options_.mlp);
  network->to(train_.images.device());
  std::vector<NamedParameter> parameters;
  for (const auto& item : network->named_parameters()) {
    parameters.push_back({item.key(), item.value()});
  }
  optimizer_ = make_optimizer(options_.optimizer, std::move(parameters));
  if (choose_engine(options_, train_.images.device()) != "fused") return;
  std::vector<fused::MlpLayer> layers;
  for (std::size_t l = 0; l < network->layers.size(); ++l) {
    const auto name = "layers." + std::to_string(l);
    layers.push_back({{name + ".weight", network->layers[l]->weight},
                      {name + ".bias", network->layers[l]->bias}});
  }
  fused_.emplace(layers,
                 options_.mlp.activation,
                 options_.optimizer,
                 optimizer_->state(),
                 options_.batch_size,
                 fused::background_of(train_, options_.fused));
  batch_labels_.resize(options_.batch_size);
}

std::string choose_engine(const BackpropOptions& options, const at::Device& device) {
  std::string reason;
  if (!fused::find_activation_rows<float>(options.mlp.activation)) {
    reason = "model.activation " + options.mlp.activation;
  }
  if (!fused::has_update(options.optimizer.type)) {
    reason = "optimizer.type " + options.optimizer.type;
  }
  return fused::choose_engine(options.engine, reason, device);
}

void Backprop::enter_epoch(const Phase& phase, std::int64_t epoch) {
  optimizer_->set_rate_factor(rate_factor(options_.optimizer, epoch, phase.epochs));
}

at::Tensor Backprop::train_batch(const Phase&, const Batch& batch) {
  const auto& indices = batch.indices.front();
  const auto moves = draw_moves(options_.augment, indices.numel());
  if (fused_) {
    const auto* index = indices.const_data_ptr<std::int64_t>();
    const auto* label = train_.labels.const_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < indices.numel(); ++i) batch_labels_[i] = label[index[i]];
    train_.rows_into(indices, moves, fused_->pixels().row(0));
    return at::full({1}, fused_->train(indices.numel(), batch_labels_.data()), at::kDouble);
  }
  const auto labels = train_.labels.index_select(/*dim=*/0, indices.to(train_.labels.device()));
  const auto loss = at::cross_entropy_loss(network->forward(train_.rows(indices, moves)), labels);
  optimizer_->zero_grad();
  loss.backward();
  optimizer_->step();
  return loss.detach().view({1});
}

Scores Backprop::scores(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  return {fused_ ? fused_->logits(rows) : network->forward(rows), {}};
}

std::optional<double> Backprop::loss(const at::Tensor& scores, const at::Tensor& labels) const {
  return at::cross_entropy_loss(scores, labels).item<double>();
}

TensorDict Backprop::model() const {
  TensorDict model;
  for (const auto& item : network->named_parameters()) model[item.key()] = item.value();
  return model;
}

std::vector<at::Tensor> Backprop::prunable_weights() const {
  std::vector<at::Tensor> weights;
  for (const auto& layer : network->layers) weights.push_back(layer->weight);
  return weights;
}

}  // namespace ff::baselines
