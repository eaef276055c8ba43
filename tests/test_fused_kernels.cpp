// Inner loops of the fused engine for every instruction set, compared with LibTorch's matrix
// products.
#include <cmath>
#include <limits>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include "ff/engines/cpu/kernels/kernels.h"
#include "ff/engines/cpu/memory_layout.h"
#include "ff/engines/cpu/product.h"
#include "ff/engines/cpu/rectified_product.h"
#include "ff/math/functions.h"
#include "tests/catch.h"
#include "tests/close.h"
#include "tests/step_difference.h"

TEST_CASE("kernels of all instruction sets compute the same", "[fused]") {
  constexpr std::int64_t kIn = 23, kRows = 4;
  int count = 0;
  const auto* sets = ff::fused::all_kernels<double>(count);
  for (const std::int64_t width : {1, 5, 16, 37, 64, 83}) {
    at::manual_seed(static_cast<std::uint64_t>(width));
    const auto sparse = at::randn({kRows, kIn}, at::kDouble) * (at::rand({kRows, kIn}) < 0.4);
    const auto weight = at::randn({kIn, width}, at::kDouble);
    const auto scale = at::rand({kRows}, at::kDouble);
    const auto dz = at::randn({kRows, width}, at::kDouble);
    const auto want = scale.unsqueeze(1) * (0.5 * weight.sum(0) + sparse.mm(weight));
    for (int set = 0; set < count; ++set) {
      INFO(sets[set].instruction_set << ", " << width << " wide");
      std::vector<std::int32_t> index(kIn + 1);
      const auto* x = sparse.const_data_ptr<double>();
      const auto base = weight.sum(0);
      auto z = at::empty({kRows, width}, at::kDouble);
      const auto found = sets[set].find_columns(x, kRows, kIn, kIn, index.data());
      CHECK(found == (sparse != 0).any(0).sum().item<std::int64_t>());
      sets[set].sparse_forward({index.data(), found, x, kIn},
                               weight.const_data_ptr<double>(),
                               base.const_data_ptr<double>(),
                               0.5,
                               scale.const_data_ptr<double>(),
                               z.mutable_data_ptr<double>(),
                               kRows,
                               width,
                               0,
                               width);
      CHECK((z - want).abs().max().item<double>() < 1e-12);

      for (std::int64_t r = 0; r < kRows; ++r) {
        const auto entries = sets[set].count_entries(x + r * kIn, kIn);
        CHECK(entries == (sparse[r] != 0).sum().item<std::int64_t>());
        std::vector<double> value(entries);
        sets[set].find_entries(x + r * kIn, kIn, entries, index.data(), value.data());
        auto sum = at::full({width + 1}, 99.0, at::kDouble);
        sets[set].weighted_sum(index.data(),
                               value.data(),
                               entries,
                               weight.const_data_ptr<double>(),
                               width,
                               sum.mutable_data_ptr<double>(),
                               width);
        CHECK((sum.narrow(0, 0, width) - sparse[r].matmul(weight)).abs().max().item<double>() <
              1e-12);
        CHECK(sum[width].item<double>() == 99);  // no write past the end
      }

      // SGD with learning rate 1 makes the gradient of the last three columns visible in the
      // weights.
      constexpr int kColumns = 3;
      std::vector<double> values((kRows + 1) * ff::fused::kGroup);
      const auto sum = dz.sum(0);
      auto updated = weight.narrow(0, kIn - kColumns, kColumns).clone();
      auto total = at::zeros({width}, at::kDouble);
      ff::fused::Update<double> step;
      step.adam = false;
      step.rate = 1;
      const auto rows = sets[set].find_rows(
          x + kIn - kColumns, kRows, kColumns, kIn, index.data(), values.data());
      sets[set].sparse_update({index.data(), rows, values.data(), ff::fused::kGroup},
                              dz.const_data_ptr<double>(),
                              sum.const_data_ptr<double>(),
                              0.5,
                              step,
                              {updated.mutable_data_ptr<double>()},
                              total.mutable_data_ptr<double>(),
                              kColumns,
                              width,
                              0,
                              width);
      const auto gradient = (sparse.narrow(1, kIn - kColumns, kColumns) + 0.5).t().mm(dz);
      const auto expected = weight.narrow(0, kIn - kColumns, kColumns) - gradient;
      CHECK((updated - expected).abs().max().item<double>() < 1e-12);
      CHECK((total - expected.sum(0)).abs().max().item<double>() < 1e-12);
    }
  }
}

TEST_CASE("products of rows that are mostly zero, in one panel of the weight or several",
          "[fused]") {
  constexpr std::int64_t kRows = 13;  // not a multiple of the group size
  for (const auto& [in, out, panels] : {std::tuple(30, 7, 1), std::tuple(1100, 150, 3)}) {
    INFO(in << " to " << out);
    at::manual_seed(5);
    const auto x = at::randn({kRows, in}, at::kDouble).clamp_min(0);
    const auto weight = at::randn({out, in}, at::kDouble);
    const ff::fused::SparseWeight<double> arranged(weight);
    CHECK((arranged.out() + arranged.panel() - 1) / arranged.panel() == panels);
    ff::fused::SparseRows<double> product(in, kRows + 3);
    const auto z = at::full({kRows, arranged.out()}, 99.0, at::kDouble);
    product.forward(x.const_data_ptr<double>(), kRows, arranged, z.mutable_data_ptr<double>());
    CHECK((z.narrow(1, 0, out) - x.mm(weight.t())).abs().max().item<double>() < 1e-11);
    CHECK(z.narrow(1, out, arranged.out() - out).abs().max().item<double>() == 0);
  }
}

namespace {

// Returns the weight after two steps with the given number of threads.
at::Tensor weight_after(const at::Tensor& x, const at::Tensor& dz, int threads) {
  const auto before = at::get_num_threads();
  at::set_num_threads(threads);
  at::manual_seed(3);
  auto weight = at::randn({dz.size(1), x.size(1)}, at::kDouble);
  ff::fused::transpose_memory(weight);
  ff::OptimizerOptions options;
  options.type = "sgd";
  options.learning_rate = 1;
  options.momentum = 0.5;
  ff::TensorDict state;
  state["weight.momentum_buffer"] = at::zeros_like(weight);
  state["weight.started"] = at::zeros({}, at::kBool);
  weight.requires_grad_(true);
  const auto gradient = at::empty({weight.numel()}, at::kDouble);
  const auto entries = ff::fused::RectifiedProduct<double>::make_entries();
  ff::fused::RectifiedProduct<double> product(weight, "weight", state, options, gradient, entries);
  auto want = weight.detach().clone(), buffer = at::zeros_like(weight.detach());
  for (int step = 0; step < 2; ++step) {
    auto z = at::full({x.size(0), dz.size(1)}, 99.0, at::kDouble);
    product.forward(x, z);
    CHECK((z - x.mm(want.t())).abs().max().item<double>() < 1e-11);
    product.update(dz, dz.t(), x);
    buffer = 0.5 * buffer + dz.t().mm(x);
    want = want - buffer;
    CHECK((weight.detach() - want).abs().max().item<double>() < 1e-11);
  }
  at::set_num_threads(before);
  return weight.detach().clone();
}

}  // namespace

TEST_CASE(
    "products of rows from a ReLU are right at every share of zeros, and the same bits from "
    "any number of threads where they are sums over entries",
    "[fused]") {
  constexpr std::int64_t kRows = 11, kIn = 70, kOut = 300;  // several panels, the last one partial
  for (const double filled : {0.0, 0.02, 0.15, 0.3, 0.6, 1.0}) {
    INFO(filled << " of the entries are not zero");
    at::manual_seed(11);
    const auto x = at::rand({kRows, kIn}, at::kDouble) * (at::rand({kRows, kIn}) < filled);
    const auto dz = at::randn({kRows, kOut}, at::kDouble);
    const auto one = weight_after(x, dz, 1);
    for (const int threads : {2, 3}) {
      if (filled <= 0.15) CHECK(at::equal(one, weight_after(x, dz, threads)));
    }
  }
}

namespace {

struct BackgroundFixture {
  at::Tensor weight, rows, scale;
  ff::TensorDict state;
  ff::OptimizerOptions options;

  explicit BackgroundFixture(const std::string& optimizer) {
    constexpr std::int64_t kIn = 203, kOut = 53,
                           kRows = 10;  // not a multiple of the group or vector size
    at::manual_seed(3);
    weight = at::randn({kOut, kIn}, at::kFloat);
    rows = at::randn({kRows, kIn}, at::kFloat) * (at::rand({kRows, kIn}) < 0.2);
    scale = at::rand({kRows}, at::kFloat) + 0.5;
    options.type = optimizer;
    options.learning_rate = 0.01;
    for (const auto* moment : {"weight.exp_avg", "weight.exp_avg_sq"}) {
      if (optimizer == "adam") state[moment] = at::zeros_like(weight);
    }
    if (optimizer == "adam") state["weight.step"] = at::zeros({}, at::kLong);
    lay_out();
  }

  BackgroundFixture copy() const {
    auto other = *this;
    other.weight = weight.detach().clone();
    for (auto& [name, tensor] : other.state) tensor = tensor.clone();
    other.lay_out();
    return other;
  }

  ff::fused::BackgroundProduct<float> product() {
    return {weight, "weight", state, options, rows.size(0)};
  }

  at::Tensor step(ff::fused::BackgroundProduct<float>& product) const {
    auto z = at::empty({rows.size(0), weight.size(0)}, at::kFloat);
    product.read(rows.const_data_ptr<float>(), scale.const_data_ptr<float>(), rows.size(0), -0.42F);
    product.forward(z.mutable_data_ptr<float>());
    const auto sum = z.sum(0);
    product.update(z.const_data_ptr<float>(), sum.const_data_ptr<float>());
    return z;
  }

 private:
  void lay_out() {
    weight = weight.detach();
    ff::fused::transpose_memory(weight, "weight", state);
    weight.requires_grad_(true);
  }
};

}  // namespace

// Equivalent to a resumed run: results must depend only on the weight and the optimizer state.
TEST_CASE("products over a background made anew between steps go on with the same bits",
          "[fused][resume]") {
  const auto before = at::get_num_threads();
  for (const auto* optimizer : {"sgd", "adam"}) {
    for (const int threads : {1, 2, 3, 4}) {
      CAPTURE(optimizer, threads);
      at::set_num_threads(threads);
      BackgroundFixture fixture(optimizer);
      auto product = fixture.product();
      for (int step = 0; step < 5; ++step) {
        auto resumed = fixture.copy();
        auto anew = resumed.product();
        const auto z = fixture.step(product), z_anew = resumed.step(anew);
        CHECK(at::equal(z, z_anew));
        CHECK(at::equal(fixture.weight, resumed.weight));
      }
    }
  }
  at::set_num_threads(before);
}

TEST_CASE("a step with NaN in it differs infinitely from one without", "[fused]") {
  const ff::TensorDict before = {{"0.bias", at::zeros({2}, at::kDouble)},
                                 {"0.weight", at::zeros({2}, at::kDouble)}};
  const ff::TensorDict truth = {{"0.bias", at::ones({2}, at::kDouble)},
                                {"0.weight", at::ones({2}, at::kDouble)}};
  for (const auto* name : {"0.bias", "0.weight"}) {  // the first and the last tensor compared
    auto broken = ff::test::copies(truth);
    broken[name][1] = std::nan("");
    std::string where;
    CHECK(std::isinf(ff::test::worst_difference(before, truth, broken, where)));
    CHECK(where == name);
    CHECK(std::isinf(ff::test::worst_difference(before, broken, truth, where)));
  }
  std::string where;
  CHECK(ff::test::worst_difference(before, truth, truth, where) == 0);
}

TEST_CASE("tanh and the logistic function in vectors are right to some units in the last place",
          "[fused]") {
  using namespace ff::fused::portable;
  // Error of a float in ulp.
  const auto units = [](float got, double want) {
    return std::abs(got - want) / std::ldexp(1.0, std::ilogb(want) - 23);
  };
  constexpr auto kInfinity = std::numeric_limits<float>::infinity();
  double worst_tanh = 0, worst_sigmoid = 0;
  for (float x = 1e-30F; x < 80; x *= 1.0003F) {
    for (const float y : {x, -x}) {
      const auto of_tanh = units(tanh_in_vectors(y), std::tanh(double{y}));
      const auto of_sigmoid = units(sigmoid_in_vectors(y), 1 / (1 + std::exp(-double{y})));
      // Written as !(a <= b), since std::max would drop a NaN.
      if (!(of_tanh <= worst_tanh)) worst_tanh = std::isnan(of_tanh) ? kInfinity : of_tanh;
      if (!(of_sigmoid <= worst_sigmoid)) {
        worst_sigmoid = std::isnan(of_sigmoid) ? kInfinity : of_sigmoid;
      }
    }
  }
  CHECK(worst_tanh < 1.5);
  CHECK(worst_sigmoid < 2.5);
  CHECK(tanh_in_vectors(0) == 0);
  CHECK(tanh_in_vectors(-0.0F) == 0);
  CHECK(tanh_in_vectors(kInfinity) == 1);
  CHECK(tanh_in_vectors(-kInfinity) == -1);
  CHECK(std::isnan(tanh_in_vectors(std::nanf(""))));
  CHECK(sigmoid_in_vectors(0) == 0.5F);
  CHECK(sigmoid_in_vectors(kInfinity) == 1);
  CHECK(sigmoid_in_vectors(-kInfinity) < 1e-34F);
  CHECK(std::isnan(sigmoid_in_vectors(std::nanf(""))));
}
