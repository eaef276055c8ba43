#include "experiments/learners/idle_keys.h"

#include <algorithm>
#include <map>

#include "experiments/learners.h"
#include "ff/forward_forward/objective.h"

namespace ff::experiments {
namespace {

class Finder {
 public:
  explicit Finder(const Config& config) : c_(config) {}

  std::vector<IdleKey> find() {
    find_by_rule();
    find_by_optimizer("optimizer", c_.optimizer);
    find_by_layers();
    find_by_objective();
    find_by_negatives();
    find_by_head();
    if (!c_.model.peer.on()) add("model.peer.weight 0", {"model.peer.momentum"});
    std::vector<IdleKey> keys;
    for (const auto& [path, reason] : reasons_) keys.push_back({path, reason});
    return keys;
  }

 private:
  // Expands a section to all its keys. The first reason added for a key is kept.
  void add(const std::string& reason, const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
      if (!is_known(path)) reasons_.emplace(path, reason);
    }
  }

  bool is_known(const std::string& path) const {
    for (auto dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
      if (reasons_.contains(path.substr(0, dot))) return true;
    }
    return reasons_.contains(path);
  }

  void find_by_rule() {
    const auto& rule = find_learner(c_.model.type);
    const auto& chosen = rule.uses;
    for (const auto& kind : learner_kinds()) {
      for (const auto& path : kind.uses) {
        if (std::find(chosen.begin(), chosen.end(), path) != chosen.end()) continue;
        add("model.type " + c_.model.type + remark_on(path), {path});
      }
    }
    if (rule.options.empty()) add("model.type " + c_.model.type, {"rule"});
  }

  // Explains why a key of Forward-Forward has no effect with another rule.
  static std::string remark_on(const std::string& path) {
    if (path == "head" || path == "predict") return ", whose last layer is the classifier";
    if (path == "negatives") return ", which has no negatives";
    if (path == "label") return ", which writes no labels into images";
    if (path == "loss" || path == "objective") return ", which has its own loss";
    return "";
  }

  void find_by_optimizer(const std::string& section, const OptimizerOptions& optimizer) {
    const auto keys = optimizer.type == "adam"
                          ? std::vector<std::string>{"momentum", "batch_manhattan"}
                          : std::vector<std::string>{"beta1", "beta2", "epsilon"};
    if (optimizer.schedule != "constant") {
      add(section + ".schedule " + optimizer.schedule, {section + ".cooldown"});
    }
    for (const auto& key : keys) {
      add(section + ".type " + optimizer.type, {section + "." + key});
    }
  }

  void find_by_layers() {
    if (c_.model.layers.empty()) return;
    add("model.layers", {"model.widths", "model.batch_norm"});
    // Default activation of Forward-Forward blocks that list none, so it is used there.
    if (c_.model.type != "ff") add("model.layers", {"model.activation"});
  }

  void find_by_objective() {
    const auto reason = "objective.type " + c_.objective.type;
    std::vector<std::string> used;
    if (c_.objective.supervised()) {
      for (const auto& field : find_objective(c_.objective.type).fields) used.push_back(field.name);
      add(reason + ", which needs no negatives", {"negatives"});
      add(reason + ", which writes no labels into images", {"label"});
      add(reason + ", whose loss is a cross-entropy of class scores", {"loss"});
      add(reason,
          {"model.goodness",
           "model.threshold",
           "model.peer",
           "head",
           "predict.by",
           "precision",
           "fused"});
    } else {
      add(reason, {"objective.label_smoothing"});
    }
    for (const auto& field : objective_fields()) {
      if (std::find(used.begin(), used.end(), field.name) != used.end()) continue;
      add(reason, {std::string("objective.") + field.name});
    }
  }

  void find_by_negatives() {
    const auto& type = c_.negatives.type;
    if (type != "random-label") add("negatives.type " + type, {"negatives.redraw"});
    if (type == "hybrid") add("negatives.type hybrid", {"label", "predict.layers"});
    if (c_.loss.type == "symba") add("loss.type symba", {"model.threshold"});
  }

  void find_by_head() {
    if (!c_.head.on()) {
      return add("head.type none", {"head.layers", "head.train", "head.epochs", "head.optimizer"});
    }
    if (c_.head.train == "along") add("head.train along", {"head.epochs"});
    find_by_optimizer("head.optimizer", c_.head.optimizer);
  }

  const Config& c_;
  std::map<std::string, std::string> reasons_;
};

}  // namespace

std::vector<IdleKey> idle_keys(const Config& config) { return Finder(config).find(); }

bool is_idle(const Config& config, const std::string& path) {
  const auto keys = idle_keys(config);
  return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.path == path; });
}

}  // namespace ff::experiments
