#include "baselines/backward_rule.h"

#include "baselines/backprop.h"
#include "ff/choice.h"

namespace ff::baselines {
namespace {

template <class Rule>
std::unique_ptr<BackwardRule> make(const Network& network) {
  return std::make_unique<Rule>(network);
}

}  // namespace

const std::vector<BackwardRuleKind>& backward_rules() {
  static const std::vector<BackwardRuleKind> all = {
      {"bp", "backpropagation of the cross-entropy", make<Backprop>},
  };
  return all;
}

const BackwardRuleKind& find_backward_rule(const std::string& name) {
  return find_choice(backward_rules(), name, "model.type");
}

}  // namespace ff::baselines
