// What a config says about its data set: which one, where, and which part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/data/registry.h"
#include "ff/core/fields.h"

namespace ff::experiments {

/// How pixels in [0, 1] are normalised: by a word, or by numbers where the word is empty.
struct NormalizeOption {
  std::string word = "original";
  std::vector<double> mean, std;  // one entry each, or one per channel

  bool operator==(const NormalizeOption&) const = default;
};

struct ValidationOptions {
  std::int64_t count = 0;
  std::int64_t seed = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("count",
          self.count,
          at_least(0),
          "Training images set aside to choose by; 0: none. The others are trained on.");
    visit("seed", self.seed, at_least(0), "Seed of the random choice of these images.");
  }
};

struct DatasetOptions {
  std::string name = "mnist";
  std::optional<std::string> root;
  NormalizeOption normalize;
  ValidationOptions validation;
  std::optional<std::int64_t> train_limit;
  std::optional<std::int64_t> test_limit;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "name", self.name, one_of(dataset_names()), "The data set; 'ff data' shows what is found.");
    visit(
        "root",
        self.root,
        nonempty(any()),
        "The only folder to look in (--data-root wins): the data set's own, or one that holds it.");
    visit("normalize",
          self.normalize,
          one_of({"original", "none"}),
          "original: the data set's usual mean and standard deviation; none: pixels in [0, 1]; or "
          "mean and std, a number each or one per channel.");
    visit("validation", self.validation);
    visit("train_limit",
          self.train_limit,
          at_least(1),
          "Only the first so many training images, the validation images among them; null: all.");
    visit("test_limit",
          self.test_limit,
          at_least(1),
          "Only the first so many test images; null: all.");
  }
};

}  // namespace ff::experiments
