// ObjectiveLearner: Forward-Forward without negatives as a Learner; its blocks are trained by an
// objective of objective.h.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ff/core/option_error.h"
#include "ff/data/augment.h"
#include "ff/data/data_info.h"
#include "ff/forward_forward/objective_network.h"
#include "ff/forward_forward/predict_options.h"
#include "ff/forward_forward/schedule_options.h"
#include "ff/learn/learner.h"

namespace ff {

struct ObjectiveLearnerOptions {
  AugmentOptions augment;
  ModelOptions model;
  ObjectiveOptions objective = {.type = "class-channels"};
  ScheduleOptions schedule;
  OptimizerOptions optimizer;
  PredictOptions predict;        // `layers` only
  std::int64_t batch_size = 64;  // maximum; it gives the number of batches of an epoch
};

/// Returns the invalid combinations of `options`, each with the reason and a fix; empty if valid.
std::vector<OptionProblem> problems_of(const ObjectiveLearnerOptions& options);

/// Trains an ObjectiveNetwork on labelled images, all blocks on every batch (parallel) or one after
/// the other (sequential). A block receives the output of the block below from before that block's
/// update. Predicts by the sum of the class scores of the chosen layers.
class ObjectiveLearner : public StepLearner {
 public:
  /// Draws weights from the default generator. Throws OptionError if the options are invalid, also
  /// in combination with the data.
  ObjectiveLearner(ObjectiveLearnerOptions options, DataInfo info);

  std::vector<Phase> phases() const override;
  void begin_epoch(bool first) override;
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;
  Scores scores(const at::Tensor& rows) override;
  bool chooses_layers() const override { return options_.predict.layers.by_validation; }
  void predict_with(const std::vector<std::int64_t>& layers) override;
  TensorDict model() const override;
  TensorDict training_state() const override;
  std::vector<at::Tensor> prunable_weights() const override;
  std::map<std::string, std::vector<double>> report() const override;
  TensorDict samples(const Batch& given) override;
  Measures measures(const std::vector<Batch>& batches) override;

  /// Returns the properties of the data it was constructed with.
  const DataInfo& info() const { return info_; }

  ObjectiveNetwork network = nullptr;

 protected:
  at::Tensor train_step(const Phase& phase, const Batch& given) override;

 private:
  void set_rate();
  std::int64_t depth() const { return static_cast<std::int64_t>(network->layers.size()); }
  at::Tensor by_chosen_layers(const at::Tensor& by_layer) const;

  ObjectiveLearnerOptions options_;
  DataInfo info_;
  at::Tensor predict_layers_;            // int64 (L) on the CPU: 1 for layers used for prediction
  at::Tensor batches_done_;              // int64 (1) on the CPU: of this epoch
  std::int64_t epoch_ = 0, epochs_ = 1;  // position in the phase
};

}  // namespace ff
