#include "experiments/data/registry.h"

#include "experiments/data/cifar10.h"
#include "experiments/data/fashion_mnist.h"
#include "experiments/data/mnist.h"
#include "experiments/data/own_idx.h"
#include "experiments/data/synthetic.h"
#include "ff/core/choice.h"

namespace ff::experiments {

const std::vector<Dataset>& datasets() {
  static const std::vector<Dataset> sets = {
      mnist(),
      fashion_mnist(),
      cifar10(),
      synthetic(),
      own_idx(),
  };
  return sets;
}

std::vector<std::string> dataset_names() { return names_of(datasets()); }

const Dataset& dataset_named(const std::string& name) {
  return find_choice(datasets(), name, "data set");
}

}  // namespace ff::experiments
