#include "baselines/backward_rule.h"

#include <type_traits>

#include "baselines/backprop.h"
#include "baselines/brsf.h"
#include "baselines/dfa.h"
#include "baselines/direct_rule.h"
#include "baselines/drtp.h"
#include "baselines/feedback_alignment.h"
#include "baselines/frsf.h"
#include "baselines/ifa.h"
#include "baselines/kolen_pollack.h"
#include "baselines/sdfa.h"
#include "baselines/sign_bp.h"
#include "baselines/usf.h"
#include "ff/core/find_choice.h"

namespace ff::baselines {
namespace {

template <class Rule>
std::unique_ptr<BackwardRule> make(const Network& network, const FeedbackOptions& options) {
  return std::make_unique<Rule>(network, options);
}

using Options = std::vector<std::string>;

// Registry entry; `mlp_only` as in BackwardRuleKind.
template <class Rule>
BackwardRuleKind kind(const char* name,
                      const char* help,
                      Options options,
                      bool has_closed_form = true,
                      const char* mlp_only = nullptr) {
  constexpr bool direct = std::is_base_of_v<DirectRule, Rule>;
  return {name, help, std::move(options), direct, has_closed_form, mlp_only, make<Rule>};
}

}  // namespace

const std::vector<BackwardRuleKind>& backward_rules() {
  const Options random = {"init", "scale"};
  const Options uniform = {"sign_scale", "scale", "concordant"};
  const Options signs = {"sign_scale", "scale"};
  const Options magnitudes = {"init", "scale", "concordant"};
  static const std::vector<BackwardRuleKind> all = {
      kind<Backprop>("bp", "backpropagation of the cross-entropy", {}),
      kind<FeedbackAlignment>("fa", "feedback alignment (Lillicrap et al. 2014)", random),
      kind<KolenPollack>("kolen-pollack", "feedback alignment with learned feedback", random),
      kind<DirectFeedbackAlignment>("dfa", "direct feedback alignment (Nokland 2016)", random),
      kind<IndirectFeedbackAlignment>(
          "ifa",
          "indirect feedback alignment (Nokland 2016)",
          random,
          /*has_closed_form=*/true,
          "ifa propagates the error forward through the weights of fully connected layers"),
      kind<DirectRandomTargetProjection>(
          "drtp", "direct random target projection (Frenkel et al. 2019)", random),
      kind<SignDirectFeedbackAlignment>(
          "sdfa", "direct feedback alignment with the error's sign (Frenkel et al. 2019)", random),
      kind<UniformSignFeedback>(
          "usf", "uniform sign-concordant feedback (Liao et al. 2016)", uniform),
      kind<FixedRandomSignFeedback>(
          "frsf", "fixed random-magnitude sign-concordant feedback (Liao et al. 2016)", magnitudes),
      kind<BatchRandomSignFeedback>(
          "brsf",
          "batch-wise random-magnitude sign-concordant feedback (Liao et al. 2016)",
          magnitudes,
          /*has_closed_form=*/false),
      kind<ScaledSignBP>("sign-bp-v1",
                         "signs of weights and inputs (SignOnlyBP, notebook 1)",
                         signs,
                         /*has_closed_form=*/true,
                         "sign-bp-v1 divides by the square root of a layer's inputs, defined for "
                         "fully connected layers only"),
      kind<SignBP>("sign-bp-v2", "signs of weights and inputs (SignOnlyBP, notebook 8)", signs),
  };
  return all;
}

const BackwardRuleKind& find_backward_rule(const std::string& name) {
  return find_choice(backward_rules(), name, "model.type");
}

}  // namespace ff::baselines
