// Exported C code: its sources, its memory, and what the host's C compiler makes of it.
#include <cmath>
#include <functional>
#include <limits>
#include <sstream>

#include "experiments/export/c_template.h"
#include "experiments/export/edge_memory.h"
#include "experiments/export/quantize.h"
#include "tests/catch.h"
#include "tests/edge_code.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

const std::vector<std::int64_t> kFF = {197, 33, 18};
const std::vector<std::int64_t> kBP = {197, 33, 18, 10};

struct Variant {
  std::string title;
  EdgeNet net;
};

EdgeNet changed(const std::vector<std::int64_t>& widths,
                const std::function<void(EdgeNet&)>& change) {
  auto net = edge_net_of(widths);
  change(net);
  return net;
}

// Every storage, optimizer, loss and normalisation, with and without training, zeros and weights.
std::vector<Variant> variants() {
  const auto bf16 = EdgeStorage::kBfloat16, int8 = EdgeStorage::kInt8;
  std::vector<Variant> all = {
      {"sgd", edge_net_of(kFF)},
      {"trained", changed(kFF, draw_weights)},
      {"momentum, l2, min-ssq, fixed threshold",
       changed(kFF,
               [](EdgeNet& net) {
                 net.optimizer = EdgeOptimizer::kMomentum;
                 net.momentum = 0.9;
                 net.learning_rate = 0.01;
                 net.normalize = "l2";
                 net.min_ssq = true;
                 net.learned_threshold = false;
               })},
      {"adam, relu loss, sum of squares",
       changed(kFF,
               [](EdgeNet& net) {
                 net.optimizer = EdgeOptimizer::kAdam;
                 net.learning_rate = 0.001;
                 net.relu_loss = true;
                 net.mean_goodness = false;
               })},
      {"no zeros, no normalisation of the input, one layer judges",
       changed(kFF,
               [](EdgeNet& net) {
                 net.pixel_shift = -0.4;
                 net.normalize_input = false;
                 net.temperature = 2;
                 net.judges = {1};
               })},
      {"no normalisation",
       changed(kFF,
               [](EdgeNet& net) {
                 net.normalize = "none";
                 net.learning_rate = 0.001;
               })},
  };
  for (const auto storage : {bf16, int8}) {
    for (const double shift : {0.0, -0.4}) {
      for (const bool trained : {false, true}) {
        all.push_back({name_of(storage), changed(kFF, [&](EdgeNet& net) {
                         net.storage = storage;
                         net.pixel_shift = shift;
                         if (trained) draw_weights(net);
                       })});
      }
    }
  }
  for (const auto optimizer :
       {EdgeOptimizer::kSgd, EdgeOptimizer::kMomentum, EdgeOptimizer::kAdam}) {
    all.push_back({"bp " + name_of(optimizer), changed(kBP, [&](EdgeNet& net) {
                     net.bp = true;
                     net.optimizer = optimizer;
                     net.momentum = 0.9;
                     net.learning_rate = 0.003;
                     net.pixel_shift = optimizer == EdgeOptimizer::kAdam ? -0.4 : 0;
                   })});
  }
  for (const auto storage : {EdgeStorage::kFloat32, bf16, int8}) {
    for (const bool bp : {false, true}) {
      for (const double shift : {0.0, -0.4}) {
        all.push_back({"inference " + name_of(storage), changed(bp ? kBP : kFF, [&](EdgeNet& net) {
                         net.bp = bp;
                         net.storage = storage;
                         net.training = false;
                         net.pixel_shift = shift;
                         draw_weights(net);
                       })});
      }
    }
  }
  return all;
}

// Sums the sizes of a kind of symbols in `nm -S`; all of one kind if `kinds` names several.
std::int64_t bytes_of(const std::string& symbols,
                      const std::string& kinds,
                      const std::string& among) {
  std::int64_t sum = 0;
  std::istringstream lines(symbols);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string address, size, kind, name;
    if (!(words >> address >> size >> kind >> name)) continue;
    if (kinds.find(kind) != std::string::npos && name.find(among) != std::string::npos)
      sum += std::stoll(size, nullptr, 16);
  }
  return sum;
}

}  // namespace

TEST_CASE("C sources expand by flags and words", "[export]") {
  const TemplateValues values{{"a", "b"}, {{"x", "42"}}};
  const auto expanded = [&](const std::string& text) { return expand_text(text, "t", values); };
  CHECK(expanded("one @x@ two @x@\n") == "one 42 two 42\n");
  CHECK(expanded("//@if a b\n1\n//@else\n2\n//@end\n3\n") == "1\n3\n");
  CHECK(expanded("//@if a !b\n1\n//@if a\n4\n//@end\n//@else\n2\n//@end\n") == "2\n");
  CHECK(expanded("//@if c\n@unknown@\n//@end\n").empty());
  CHECK_THROWS_AS(expanded("@unknown@\n"), std::logic_error);
  CHECK_THROWS_AS(expanded("//@if a\n"), std::logic_error);
  CHECK_THROWS_AS(expanded("//@end\n"), std::logic_error);
  CHECK_THROWS_AS(expanded("//@include none.c\n"), std::logic_error);
}

TEST_CASE("Exported C compiles without a word, and its memory is what memory.txt says",
          "[export]") {
  if (!has_c_compiler()) return;
  for (const auto& [title, net] : variants()) {
    CAPTURE(title, net.training, net.trained(), net.pixel_shift);
    CHECK(problems_of(net) == std::vector<std::string>{});
    const EdgeCode code(net, sparse_samples(net, 3));
    code.compile("-O2", "main.c");
    code.shell("cc -std=c99 -O2 -fno-math-errno -fno-pic -c net.c");
    const auto memory = memory_of(net);
    CHECK(bytes_of(code.shell("nm -S net.o"), "bBdD", "") == memory.ram);
    CHECK_THAT(code.read("memory.txt"),
               ContainsSubstring("RAM    " + std::to_string(memory.ram) + " B static"));
    std::istringstream undefined(code.shell("nm -u net.o"));
    for (std::string kind, name; undefined >> kind >> name;) {
      CAPTURE(name);
      CHECK((name == "memset" || name == "net_weights" || name == "net_small" ||
             name == "net_scales"));
    }
    if (memory.flash == 0) continue;
    code.shell("cc -std=c99 -O2 -c net_weights.c");
    CHECK(bytes_of(code.shell("nm -S net_weights.o"), "rR", "net_") == memory.flash);
  }
}

TEST_CASE("Exported C gives the same bits at every level of optimisation", "[export]") {
  if (!has_c_compiler()) return;
  for (const auto& [title, net] : variants()) {
    if (!net.training) continue;
    CAPTURE(title, net.trained(), net.pixel_shift);
    const EdgeCode code(net, sparse_samples(net, 20));
    code.compile("-O0", "main.c");
    const auto error_text = code.shell("./program");
    CHECK_THAT(error_text, ContainsSubstring("20 steps, status 0, crc "));
    for (const std::string flags : {"-O2 -march=native", "-O3 -fmath-errno"}) {
      CAPTURE(flags);
      code.compile(flags, "main.c");
      CHECK(code.shell("./program") == error_text);
    }
  }
}

// verify.c damages, truncates and loads blocks; the sanitizers look for what it would not see.
TEST_CASE("Exported C refuses damaged blocks and wrong labels, without undefined behaviour",
          "[export]") {
  if (!has_c_compiler()) return;
  for (const auto& [title, net] : variants()) {
    CAPTURE(title, net.training, net.trained(), net.pixel_shift);
    const EdgeCode code(net, sparse_samples(net, 5));
    code.compile("-g -O1 -fsanitize=address,undefined -fno-sanitize-recover", "verify.c");
    CHECK_THAT(code.shell("./program"), ContainsSubstring("verify: all is well"));
  }
}

TEST_CASE("Memory that does not suffice is refused, with what would fit", "[export]") {
  CHECK(parse_ram("256K") == 262144);
  CHECK(parse_ram("1M") == 1048576);
  CHECK(parse_ram("65536") == 65536);
  for (const auto* text : {"", "K", "-1", "1G", "256k", "99999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ram(text).has_value());
  }
  auto net = edge_net_of({784, 64, 32});
  CHECK(ram_problem(net, 256 * 1024).empty());
  CHECK_THAT(ram_problem(net, 128 * 1024),
             ContainsSubstring("784-64-32 needs 212408 B of RAM (211896 B static, 512 B of stack), "
                               "81336 B more than 131072 B; what fits: --storage bf16 (107960 B)"));
  net.optimizer = EdgeOptimizer::kAdam;
  CHECK_THAT(ram_problem(net, 256 * 1024), ContainsSubstring("sgd without momentum (212408 B)"));
  CHECK_THAT(ram_problem(net, 256 * 1024), ContainsSubstring("model.widths=["));
  CHECK_THAT(ram_problem(net, 1000), ContainsSubstring("no width of these layers fits"));
}

TEST_CASE("What no C can hold is named", "[export]") {
  const auto problem = [](const std::function<void(EdgeNet&)>& change) {
    const auto lines = problems_of(changed(kFF, change));
    return lines.size() == 1 ? lines[0] : "";
  };
  CHECK_THAT(problem([](EdgeNet& net) { net.name = "2nd"; }), ContainsSubstring("C identifier"));
  CHECK_THAT(problem([](EdgeNet& net) { net.name = "a-b"; }), ContainsSubstring("C identifier"));
  CHECK_THAT(problem([](EdgeNet& net) { net.layers[1].out = 1000000; }),
             ContainsSubstring("1000000 units; allowed: up to 65535"));
  CHECK_THAT(problem([](EdgeNet& net) { net.classes = 300; }), ContainsSubstring("do not fit"));
  CHECK_THAT(problem([](EdgeNet& net) {
               net.storage = EdgeStorage::kInt8;
               net.optimizer = EdgeOptimizer::kAdam;
             }),
             ContainsSubstring("storage int8 trains with adam: no C code"));
  CHECK_THAT(problem([](EdgeNet& net) {
               draw_weights(net);
               net.layers[1].weight[3] = std::numeric_limits<float>::quiet_NaN();
             }),
             ContainsSubstring("layer 1 has weights that are NaN"));
}

TEST_CASE("Weights in bfloat16 and bytes are the nearest ones", "[export]") {
  auto net = edge_net_of({20, 12});
  draw_weights(net);
  net.storage = EdgeStorage::kBfloat16;
  const auto rounded = as_stored(net).layers[0].weight;
  const auto& exact = net.layers[0].weight;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    CHECK(std::abs(rounded[i] - exact[i]) <= std::abs(exact[i]) / 256);
  }
  net.storage = EdgeStorage::kInt8;
  const auto bytes = as_stored(net).layers[0].weight;
  const auto scales = stored(net).scales;
  REQUIRE(scales.size() == 12);
  for (std::size_t i = 0; i < exact.size(); ++i) {
    CHECK(std::abs(bytes[i] - exact[i]) <= scales[i / 20] * 0.5001F);
  }
}
