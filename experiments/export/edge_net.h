// EdgeNet: a fully connected network and its training, as far as generated C code needs to know
// them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ff::experiments {

/// A layer of `out` units. Without weights (empty vectors), the C program draws them itself.
struct EdgeLayer {
  std::int64_t in = 0, out = 0;
  std::vector<float> weight;  // (out, in)
  std::vector<float> bias;    // (out)
  double threshold = 0;       // Forward-Forward
};

enum class EdgeStorage { kFloat32, kBfloat16, kInt8 };
enum class EdgeOptimizer { kSgd, kMomentum, kAdam };

struct EdgeNet {
  std::string name;  // identifier that all names of the C code begin with
  bool bp = false;   // backpropagation with softmax and cross-entropy, else Forward-Forward
  bool training = true;
  EdgeStorage storage = EdgeStorage::kFloat32;
  std::int64_t classes = 0;
  std::vector<EdgeLayer> layers;  // ReLU after each, but for backpropagation's last

  // input: value of a pixel = scale * byte + shift
  double pixel_scale = 1 / 255.0, pixel_shift = 0;
  double label_value = 1;  // Forward-Forward: value of the label's pixel

  // Forward-Forward
  std::string normalize = "l2";  // l2, rms or none
  bool normalize_input = true;
  double epsilon = 1e-4;
  bool mean_goodness = true;  // else the sum of squares
  bool relu_loss = false;     // else softplus
  bool min_ssq = false;       // direction of the loss
  double temperature = 1;
  bool learned_threshold = true;
  std::vector<std::int64_t> judges;  // layers whose goodness predicts

  EdgeOptimizer optimizer = EdgeOptimizer::kSgd;
  double learning_rate = 0.1, momentum = 0, beta1 = 0.9, beta2 = 0.999, adam_epsilon = 1e-8;

  bool trained() const { return !layers.empty() && !layers.front().weight.empty(); }
  /// True if a pixel of value 0 contributes nothing, so that products skip it.
  bool skips_zeros() const { return pixel_shift == 0; }
  std::int64_t inputs() const { return layers.front().in; }
  std::int64_t weights() const;
  std::int64_t units() const;
  std::int64_t widest() const;  // units of the widest layer
  /// Biases, and thresholds of Forward-Forward layers.
  std::int64_t small() const { return units() + (bp ? 0 : std::int64_t(layers.size())); }
  /// True if inference multiplies bytes by bytes: int8 without training, zeros skipped.
  bool integer_products() const;
};

/// Returns "float32", "bf16" or "int8"; "sgd", "momentum" or "adam".
std::string name_of(EdgeStorage storage);
std::string name_of(EdgeOptimizer optimizer);

/// Returns "784-64-32".
std::string shape_of(const EdgeNet& net);

/// Returns what generated C cannot do of this network, one line each: sizes, storage with this
/// optimizer, weights that are not finite; empty if it can be written.
std::vector<std::string> problems_of(const EdgeNet& net);

}  // namespace ff::experiments
