#include "ff/optimizer.h"

#include "ff/adam.h"
#include "ff/choice.h"
#include "ff/sgd.h"

namespace ff {
namespace {

struct OptimizerKind {
  const char* name;
  std::unique_ptr<Optimizer> (*make)(const OptimizerOptions&, std::vector<NamedParameter>);
};

template <class Kind>
std::unique_ptr<Optimizer> make(const OptimizerOptions& options,
                                std::vector<NamedParameter> parameters) {
  return std::make_unique<Kind>(options, std::move(parameters));
}

const std::vector<OptimizerKind>& optimizer_kinds() {
  static const std::vector<OptimizerKind> all = {{"adam", make<Adam>}, {"sgd", make<Sgd>}};
  return all;
}

}  // namespace

void Optimizer::zero_grad() {
  for (auto& parameter : parameters_) parameter.tensor.mutable_grad() = at::Tensor();
}

std::vector<std::string> OptimizerOptions::names() { return names_of(optimizer_kinds()); }

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::vector<NamedParameter> parameters) {
  return find_choice(optimizer_kinds(), options.type, "optimizer")
      .make(options, std::move(parameters));
}

}  // namespace ff
