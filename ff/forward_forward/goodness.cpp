#include "ff/forward_forward/goodness.h"

#include <ATen/Functions.h>

#include "ff/core/choice.h"

namespace ff {

const std::vector<Goodness>& goodnesses() {
  static const std::vector<Goodness> all = {
      {"mean-square",
       [](const at::Tensor& a) { return a.pow(2).mean(/*dim=*/1); },
       [](double width) { return 1 / width; }},
      {"sum-square",
       [](const at::Tensor& a) { return a.pow(2).sum(/*dim=*/1); },
       [](double) { return 1.0; }},
  };
  return all;
}

const Goodness& find_goodness(const std::string& name) {
  return find_choice(goodnesses(), name, "goodness");
}

}  // namespace ff
