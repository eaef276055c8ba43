#include <ATen/Functions.h>

#include "baselines/gradient.h"
#include "baselines/mlp.h"
#include "ff/nn/activation.h"
#include "tests/close.h"
#include "tests/data_files.h"
#include "tests/small_mlp.h"

using ff::Pass;
using ff::baselines::Mlp;
using ff::test::six_labels;
using ff::test::small_mlp;

TEST_CASE("the closed slope of every activation is autograd's, bit for bit", "[mlp]") {
  at::manual_seed(1);
  for (const auto& activation : ff::activations()) {
    INFO(activation.name);
    const auto x = (3 * at::randn({7, 9})).requires_grad_();
    const auto grad = at::randn({7, 9});
    const auto y = activation.forward(x);
    y.backward(grad);
    CHECK(at::equal(activation.backward(grad, x.detach(), y.detach()), x.grad()));
  }
}

TEST_CASE("a trace is what the network computes, from any layer on", "[mlp]") {
  const auto network = small_mlp("tanh");
  const Mlp mlp(network);
  const auto rows = at::randn({6, 5}, at::kDouble);
  const auto trace = mlp.trace(rows);
  CHECK(at::equal(trace.logits(), network->forward(rows, Pass::kProbe)));
  CHECK_FALSE(trace.logits().requires_grad());
  const auto upper = mlp.trace_from(1, trace.h[1]);
  CHECK(at::equal(upper.logits(), trace.logits()));
  CHECK_FALSE(upper.z[0].defined());
}

TEST_CASE("errors carried down by hand give backpropagation's gradient", "[mlp]") {
  for (const auto& activation : ff::activations()) {
    INFO(activation.name);
    const auto network = small_mlp(activation.name);
    const Mlp mlp(network);
    const auto rows = at::randn({6, 5}, at::kDouble);
    const auto trace = mlp.trace(rows);
    const auto output = ff::baselines::output_error(trace.logits(), six_labels());
    ff::TensorDict found;
    auto delta = output.delta;
    for (auto l = mlp.depth(); l-- > 0;) {
      ff::baselines::add_layer(found, l, delta, trace.h[l]);
      if (l == 0) break;
      delta = mlp.slope(l - 1, delta.mm(mlp.weight(l)), trace.z[l - 1], trace.h[l]);
    }
    const auto truth = ff::baselines::backpropagate(*network, rows, six_labels(), Pass::kProbe);
    CHECK(output.loss.item<double>() == Approx(truth.loss.item<double>()).epsilon(1e-14));
    REQUIRE(found.size() == truth.by_name.size());
    for (const auto& [name, tensor] : truth.by_name) {
      INFO(name);
      CHECK_THAT(found.at(name), ff::test::AllClose(tensor, 1e-12, 1e-15));
    }
  }
}

TEST_CASE("layers that are none of a perceptron are named", "[mlp]") {
  const auto error_text = [](std::vector<ff::LayerOptions> layers) {
    return ff::test::message_of([&] { ff::baselines::check_mlp(layers); });
  };
  const ff::LayerOptions linear{.type = "linear", .width = 3}, relu{.type = "relu"};
  CHECK(error_text({linear, relu, linear}) == "nothing was thrown");
  CHECK(error_text({linear, linear}) == "nothing was thrown");
  CHECK(error_text({linear, {.type = "batch-norm"}, relu, linear}) ==
        "model.layers[1]: batch-norm is neither a linear layer nor a non-linearity");
  CHECK(error_text({{.type = "conv"}, relu, linear}) ==
        "model.layers[0]: conv is neither a linear layer nor a non-linearity");
  CHECK(error_text({linear, relu, {.type = "tanh"}, linear}) ==
        "model.layers[2]: tanh follows another non-linearity");
}
