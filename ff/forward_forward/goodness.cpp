#include "ff/forward_forward/goodness.h"

#include <ATen/Functions.h>

#include "ff/core/find_choice.h"
#include "ff/core/open_list.h"

namespace ff {

namespace {

OpenList<Goodness>& list_of_goodnesses() {
  static OpenList<Goodness> all("goodness",
                                {
                                    {"mean-square",
                                     [](const at::Tensor& a) { return a.pow(2).mean(/*dim=*/1); },
                                     [](double width) { return 1 / width; }},
                                    {"sum-square",
                                     [](const at::Tensor& a) { return a.pow(2).sum(/*dim=*/1); },
                                     [](double) { return 1.0; }},
                                });
  return all;
}

}  // namespace

const std::vector<Goodness>& goodnesses() { return list_of_goodnesses().read(); }

void register_goodness(Goodness goodness) { list_of_goodnesses().add(goodness); }

const Goodness& find_goodness(const std::string& name) {
  return find_choice(goodnesses(), name, "goodness");
}

}  // namespace ff
