#include "experiments/run/final_evaluation.h"

#include <chrono>

#include "ff/learn/prune.h"

namespace ff::experiments {
namespace {

std::vector<ConstantLayer> constant_layers(const Evaluation& evaluation) {
  std::vector<ConstantLayer> constant;
  for (std::size_t l = 0; l < evaluation.least.size(); ++l) {
    if (evaluation.least[l] == evaluation.most[l]) constant.push_back({l, evaluation.least[l]});
  }
  return constant;
}

}  // namespace

FinalEvaluation evaluate_splits(Learner& learner,
                                const DataSplit& data,
                                std::int64_t batch_size,
                                const std::function<void()>& before_block) {
  const auto begin = std::chrono::steady_clock::now();
  const auto train = evaluate(learner, data.train, batch_size, before_block);
  const auto test = evaluate(learner, data.test, batch_size, before_block);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  const TensorDict predictions = {{"train", train.predictions}, {"test", test.predictions}};
  FinalEvaluation evaluation{
      accuracies(train, test, nullptr), predictions, seconds.count(), constant_layers(test)};
  if (data.validation.size() > 0) {
    const auto validation = evaluate(learner, data.validation, batch_size, before_block);
    evaluation.figures = accuracies(train, test, &validation);
    evaluation.predictions["validation"] = validation.predictions;
  }
  return evaluation;
}

void for_each_pruning(Learner& learner,
                      const PruneOptions& prune,
                      const std::function<void(double)>& visit) {
  const auto weights = learner.prunable_weights();
  std::vector<at::Tensor> whole;
  for (const auto& weight : weights) whole.push_back(weight.detach().clone());
  for (const auto ratio : prune.ratios) {
    prune_(weights, ratio, prune.scope);
    visit(ratio);
    at::NoGradGuard no_grad;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i].copy_(whole[i]);
  }
}

Json evaluate_pruned(Learner& learner,
                     const DataSplit& data,
                     const PruneOptions& prune,
                     std::int64_t batch_size,
                     const std::function<void()>& before_block) {
  Json rows = Json::object();
  for_each_pruning(learner, prune, [&](double ratio) {
    rows[Json(ratio).dump()] = evaluate_splits(learner, data, batch_size, before_block).figures;
  });
  return rows;
}

}  // namespace ff::experiments
