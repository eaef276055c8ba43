// Forward-Forward as a Learner: the network, its positives and negatives, and its schedule.
#pragma once

#include <string>
#include <vector>

#include "ff/fused/ff_training.h"
#include "ff/image_set.h"
#include "ff/learner.h"
#include "ff/negatives.h"
#include "ff/network.h"
#include "ff/python_random.h"

namespace ff {

struct ScheduleOptions {
  std::string type = "sequential";
  std::int64_t epochs = 3;
  std::optional<std::int64_t> max_steps;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of({"sequential", "parallel"}),
          "sequential: layer by layer, the earlier ones frozen; parallel: every layer on every "
          "batch, each fed what the layer below gave before its update.");
    visit("epochs",
          self.epochs,
          between(0, 1e6),
          "Epochs; in the sequential schedule, of each layer.");
    visit("max_steps",
          self.max_steps,
          at_least(1),
          "Training ends after so many batches in all (for tests); null: never.");
  }
};

/// Which layers' goodness is averaged for a prediction.
struct LayerChoice {
  bool all = true;
  std::optional<std::int64_t> first;  // the first k layers
  std::vector<std::int64_t> list;     // these layers, from 0

  bool operator==(const LayerChoice&) const = default;

  /// The chosen layers of a network of `depth`; throws std::invalid_argument when there is none
  /// such.
  std::vector<std::int64_t> of(std::int64_t depth) const;
};

struct PredictOptions {
  LayerChoice layers;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("layers",
          self.layers,
          one_of({"all"}),
          "Layers whose goodness is averaged: all, {\"first\": k}, or a list of layers from 0.");
  }
};

struct FFLearnerOptions {
  ModelOptions model;
  LabelOptions label;
  LossOptions loss;
  NegativesOptions negatives;
  ScheduleOptions schedule;
  OptimizerOptions optimizer;
  PredictOptions predict;
  std::string engine = "autograd";  // or "fused", or "auto": fused where it can
  FusedOptions fused;
  std::int64_t batch_size = 64;  // at most
};

/// The engine that `options` come to on `device`: "autograd" or "fused". Throws
/// std::invalid_argument where fused is asked for and cannot be.
std::string choose_engine(const FFLearnerOptions& options, const at::Device& device);

/// Trains an FFNetwork on images that carry the right and a wrong label.
class FFLearner : public Learner {
 public:
  /// Draws the wrong labels from `random`, which the learner keeps a reference to, and the weights
  /// from the default generator. `train` may be on any device; the network follows it.
  /// Throws std::invalid_argument when the labels do not fit into the images, or the layers to
  /// predict with do not exist.
  FFLearner(FFLearnerOptions options, ImageSet train, PythonRandom& random);

  std::vector<Phase> phases() const override;
  std::string engine() const override { return fused_ ? "fused" : "autograd"; }
  std::int64_t streams() const override;
  void begin_epoch(bool first) override;
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;
  at::Tensor train_batch(const Phase& phase, const Batch& batch) override;
  Scores scores(const at::Tensor& rows) override;
  TensorDict model() const override;
  TensorDict training_state() const override;
  std::vector<at::Tensor> prunable_weights() const override;
  std::map<std::string, std::vector<double>> report() const override;

  FFNetwork network = nullptr;

 private:
  at::Tensor labelled_rows(const at::Tensor& indices, const at::Tensor& labels) const;
  at::Tensor train_one_layer(std::int64_t layer, const at::Tensor& pos, const at::Tensor& neg);
  at::Tensor train_all_layers(at::Tensor pos, at::Tensor neg);

  FFLearnerOptions options_;
  ImageSet train_;
  PythonRandom& random_;
  LabelOverlay overlay_;
  std::vector<std::int64_t> predict_layers_;
  at::Tensor wrong_labels_;  // int64 (N), on the images' device
  std::optional<fused::FFTraining> fused_;
};

}  // namespace ff
