#include "experiments/run/evaluate.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff::experiments {
namespace {

double hits(const at::Tensor& scores, const at::Tensor& labels) {
  return (scores.argmax(/*dim=*/1) == labels).sum().item<double>();
}

void add_layers(const at::Tensor& by_layer, const at::Tensor& labels, Evaluation& sum) {
  const auto depth = by_layer.size(2);
  sum.by_prefix.resize(depth);
  sum.by_layer.resize(depth);
  for (std::int64_t l = 0; l < depth; ++l) {
    sum.by_prefix[l] += hits(by_layer.slice(/*dim=*/2, 0, l + 1).mean(/*dim=*/2), labels);
    sum.by_layer[l] += hits(by_layer.select(/*dim=*/2, l), labels);
  }
  const auto least = by_layer.amin({0, 1}).to(at::kCPU, at::kDouble);
  const auto most = by_layer.amax({0, 1}).to(at::kCPU, at::kDouble);
  sum.least.resize(depth, std::numeric_limits<double>::infinity());
  sum.most.resize(depth, -std::numeric_limits<double>::infinity());
  for (std::int64_t l = 0; l < depth; ++l) {
    sum.least[l] = std::min(sum.least[l], least.const_data_ptr<double>()[l]);
    sum.most[l] = std::max(sum.most[l], most.const_data_ptr<double>()[l]);
  }
}

}  // namespace

Evaluation evaluate(Learner& learner,
                    const ImageSet& set,
                    std::int64_t batch_size,
                    const std::function<void()>& before_block) {
  at::NoGradGuard no_grad;
  Evaluation sum;
  double loss = 0;
  bool has_loss = false;
  std::vector<at::Tensor> predictions;
  for (std::int64_t begin = 0; begin < set.size(); begin += batch_size) {
    if (before_block) before_block();
    const auto end = std::min(begin + batch_size, set.size());
    const auto labels = set.labels.slice(/*dim=*/0, begin, end);
    const auto scores = learner.scores(set.rows(begin, end));
    predictions.push_back(scores.classes.argmax(/*dim=*/1).to(at::kCPU));
    if (scores.by_layer.defined()) add_layers(scores.by_layer, labels, sum);
    for (const auto& [name, by_one] : scores.methods) sum.by_method[name] += hits(by_one, labels);
    if (const auto block = learner.loss(scores.classes, labels)) {
      loss += *block * static_cast<double>(end - begin);
      has_loss = true;
    }
  }
  if (set.size() == 0) return sum;
  const auto count = static_cast<double>(set.size());
  sum.predictions = at::cat(predictions);
  sum.accuracy = (sum.predictions == set.labels.to(at::kCPU)).sum().item<double>() / count;
  for (auto& value : sum.by_prefix) value /= count;
  for (auto& value : sum.by_layer) value /= count;
  for (auto& [name, value] : sum.by_method) value /= count;
  if (has_loss) sum.loss = loss / count;
  return sum;
}

std::vector<std::int64_t> best_layers(Learner& learner,
                                      const ImageSet& set,
                                      std::int64_t batch_size,
                                      const std::function<void()>& before_block) {
  at::NoGradGuard no_grad;
  // number of correct predictions by (layers, first)
  std::map<std::pair<std::int64_t, std::int64_t>, double> right;
  for (std::int64_t begin = 0; begin < set.size(); begin += batch_size) {
    if (before_block) before_block();
    const auto end = std::min(begin + batch_size, set.size());
    const auto by_layer = learner.scores(set.rows(begin, end)).by_layer;
    for (std::int64_t first = 0; first < by_layer.size(2); ++first) {
      for (std::int64_t count = 1; first + count <= by_layer.size(2); ++count) {
        right[{count, first}] += hits(by_layer.narrow(/*dim=*/2, first, count).mean(/*dim=*/2),
                                      set.labels.slice(/*dim=*/0, begin, end));
      }
    }
  }
  const auto best = std::max_element(
      right.begin(), right.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  std::vector<std::int64_t> layers(best->first.first);
  std::iota(layers.begin(), layers.end(), best->first.second);
  return layers;
}

Json accuracies(const Evaluation& train, const Evaluation& test, const Evaluation* validation) {
  Json json = {{"train_accuracy", train.accuracy}, {"test_accuracy", test.accuracy}};
  if (validation) json["validation_accuracy"] = validation->accuracy;
  if (test.by_method.size() > 1) {
    for (const auto& [name, value] : test.by_method) {
      auto& of_method = json["accuracy_by_method"][name];
      of_method = {{"train", train.by_method.at(name)}, {"test", value}};
      if (validation) of_method["validation"] = validation->by_method.at(name);
    }
  }
  if (test.by_prefix.empty()) return json;
  const auto both = [&](std::vector<double> Evaluation::*list) {
    Json lists = {{"train", train.*list}, {"test", test.*list}};
    if (validation) lists["validation"] = validation->*list;
    return lists;
  };
  json["accuracy_by_prefix"] = both(&Evaluation::by_prefix);
  json["accuracy_by_layer"] = both(&Evaluation::by_layer);
  return json;
}

}  // namespace ff::experiments
