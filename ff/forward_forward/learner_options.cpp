#include "ff/forward_forward/learner_options.h"

#include <algorithm>
#include <iterator>

#include "ff/forward_forward/block_body.h"

namespace ff {
namespace {

class Finder {
 public:
  explicit Finder(const FFLearnerOptions& options) : o_(options) {}

  std::vector<OptionProblem> find() {
    find_negatives();
    find_head();
    find_prediction();
    find_layers();
    if (o_.precision != "float32" && o_.engine == "autograd") {
      add("precision",
          o_.precision +
              " is for the fused engine; set engine fused or auto, or precision float32");
    }
    return std::move(problems_);
  }

 private:
  void add(const std::string& path, const std::string& text) { problems_.push_back({path, text}); }

  void check_layers(const LayerChoice& layers, const std::string& key) {
    const auto text = layers.problem(depth_of(o_));
    if (!text.empty()) add(key, text);
  }

  void find_negatives() {
    const auto& type = o_.negatives.type;
    if (type == "hard-label" && (!o_.head.on() || o_.head.train != "along")) {
      add("negatives.type",
          "hard-label draws labels from the predictions of a head; set head.type softmax and "
          "head.train along, or use random-label");
    }
    if (type == "hard-label" && o_.negatives.pairing != "paired") {
      add("negatives.pairing",
          "hard labels are drawn for the images of the batch; with negatives.type hard-label "
          "allowed: paired");
    }
    if (type == "hybrid" && !o_.head.on()) {
      add("negatives.type",
          "hybrid trains without labels, so only a head can classify; set head.type softmax, or "
          "use random-label");
    }
    if (o_.loss.type == "symba" && o_.negatives.pairing != "paired") {
      add("loss.type",
          "symba compares a negative with the positive of the same image; set negatives.pairing "
          "paired");
    }
    if (type == "hybrid" && o_.negatives.pairing == "paired") {
      add("negatives.pairing",
          "hybrid mixes two orders of the images; with negatives.type hybrid allowed: independent");
    }
  }

  void find_head() {
    if (!o_.head.on()) return;
    check_layers(o_.head.layers, "head.layers");
    if (o_.head.layers.by_validation) {
      add("head.layers",
          "validation is for predict.layers; it is not allowed for the layers of a head");
    }
    if (o_.head.train == "along" && o_.schedule.type != "parallel") {
      add("head.train",
          "along requires schedule.type parallel, which trains all layers from the first batch; "
          "with sequential use after");
    }
  }

  void find_prediction() {
    check_layers(o_.predict.layers, "predict.layers");
    if (o_.predict.by == "head" && !o_.head.on()) {
      add("predict.by", "head requires a head; set head.type softmax, or use goodness");
    }
    if (o_.predict.by == "goodness" && o_.negatives.type == "hybrid") {
      add("predict.by",
          "goodness tries every label, but with negatives.type hybrid the layers never see one; "
          "allowed: head");
    }
  }

  void find_layers() {
    auto found = problems_of_layers(o_.model);
    if (!found.empty()) {
      std::move(found.begin(), found.end(), std::back_inserter(problems_));
      return;
    }
    if (o_.model.layers.empty() || !o_.model.peer.on()) return;
    for (const auto& block : blocks_of(o_.model)) {
      if (is_linear_block(block)) continue;
      return add(
          "model.peer.weight",
          "peer normalisation requires fully connected layers without batch normalisation; set 0");
    }
  }

  const FFLearnerOptions& o_;
  std::vector<OptionProblem> problems_;
};

}  // namespace

std::int64_t depth_of(const FFLearnerOptions& options) {
  return static_cast<std::int64_t>(blocks_of(options.model).size());
}

std::vector<OptionProblem> problems_of(const FFLearnerOptions& options) {
  return Finder(options).find();
}

std::vector<OptionProblem> problems_with_stream(const FFLearnerOptions& options) {
  std::vector<OptionProblem> problems;
  if (options.schedule.type == "sequential") {
    problems.push_back({"schedule.type",
                        "sequential passes over the training set once per layer, but a stream has "
                        "no length and is read only once; allowed with a stream: parallel"});
  }
  if (options.negatives.type == "random-label" && options.negatives.redraw != "batch") {
    problems.push_back({"negatives.redraw",
                        options.negatives.redraw +
                            " draws wrong labels for a whole training set, which a stream does not "
                            "have; allowed with a stream: batch"});
  }
  if (options.head.on() && options.head.train == "after") {
    problems.push_back({"head.train",
                        "after passes over the training set again, but a stream is read only once; "
                        "allowed with a stream: along"});
  }
  return problems;
}

}  // namespace ff
