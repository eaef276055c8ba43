// Config keys of the data set: which one, its folder, and the part to use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/data/names.h"
#include "ff/core/fields.h"

namespace ff::experiments {

/// Normalisation of pixels in [0, 1]: by a word, or by numbers if the word is empty.
struct NormalizeOption {
  std::string word = "original";
  std::vector<double> mean, std;  // one value each, or one per channel

  bool operator==(const NormalizeOption&) const = default;
};

struct ValidationOptions {
  std::int64_t count = 0;
  std::int64_t seed = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("count", self.count, at_least(0), "Training images held out for validation; 0: none.");
    visit("seed", self.seed, at_least(0), "Seed of the random choice of the validation images.");
  }
};

struct DatasetOptions {
  std::optional<std::string> type;
  std::optional<std::string> name = "mnist";  // null by default if type is given
  std::optional<std::string> root;
  std::optional<std::vector<std::int64_t>> shape;
  NormalizeOption normalize;
  ValidationOptions validation;
  std::optional<std::int64_t> train_limit;
  std::optional<std::int64_t> test_limit;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of(data_kind_names()),
          "File format of your own data in root; null: the data set selected by name. With name: "
          "that data set in this file format.");
    visit(
        "name",
        self.name,
        one_of(dataset_names()),
        "Data set; 'ff data' lists those found. null, the default if type is set: your own data.");
    visit("root",
          self.root,
          nonempty(any()),
          "The only folder searched (--data-root takes precedence): the data set's own folder, or "
          "one that contains it.");
    visit("shape",
          self.shape,
          nonempty(between(1, 1e6)),
          "Image shape, [H, W] or [C, H, W], for files with one flat row of values per image (csv, "
          "and npy of shape (N, D)); null: [1, 1, D].");
    visit("normalize",
          self.normalize,
          one_of({"original", "none"}),
          "original: the data set's usual mean and standard deviation; none: pixels in [0, 1]; or "
          "mean and std, each one number or one per channel. Float images are left unchanged by "
          "none, and also by original if they are your own.");
    visit("validation", self.validation);
    visit("train_limit",
          self.train_limit,
          at_least(1),
          "Use only the first train_limit training images, including the validation images; null: "
          "all.");
    visit("test_limit",
          self.test_limit,
          at_least(1),
          "Use only the first test_limit test images; null: all.");
  }
};

}  // namespace ff::experiments
