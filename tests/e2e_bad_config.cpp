// Invalid configs: one line per problem, exit status 1, and no files created.
#include <sstream>

#include "tests/e2e_refused.h"

using namespace ff::test;

namespace {

// Checks that `ff run ARGUMENTS` fails, and that every line it prints comes from the config check.
void check_refused(const Workbench& bench,
                   const std::vector<std::string>& arguments,
                   const std::vector<std::string>& parts) {
  const auto ended = check_run_refused(bench, arguments, parts);
  std::istringstream lines(ended.err);
  for (std::string line; std::getline(lines, line);) CHECK(line.starts_with("ff: "));
}

void check_refused(const Json& changes, const std::vector<std::string>& parts) {
  const Workbench bench;
  check_refused(bench, {bench.write("x.json", small_ff("x", changes))}, parts);
}

void check_text_refused(const std::string& text, const std::vector<std::string>& parts) {
  const Workbench bench;
  check_refused(bench, {bench.write("x.json", text)}, parts);
}

}  // namespace

TEST_CASE("A config that is missing or not JSON", "[e2e]") {
  const Workbench bench;
  check_refused(bench, {"no.json"}, {"ff: no.json: no such file, or it cannot be read\n"});
  check_refused(bench, {"."}, {"ff: .: is a folder; name a JSON file in it\n"});
  check_text_refused("{\n  \"name\": \"x\",\n  \"seeds\": [0,\n}\n",
                     {"ff: x.json: not JSON: parse error at line 4, column 1: ", "unexpected '}'"});
  check_text_refused("{\"name\": \"x\",\n \"optimizer\": {\"learning_rate\": NaN}}",
                     {"x.json: not JSON: parse error at line 2, column "});
  check_text_refused("[]", {"x.json: expected a JSON object {...}, got array"});
}

TEST_CASE("Unknown and duplicate keys", "[e2e]") {
  check_refused({{"optimizer", {{"learning_rat", 1}}}},
                {"ff: x.json: optimizer.learning_rat: unknown key; did you mean 'learning_rate'? "
                 "allowed: type, learning_rate, "});
  check_text_refused(R"({"name": "x", "loss": {"type": "relu", "type": "softplus"}})",
                     {"ff: x.json: loss.type: the key occurs twice; keep one\n"});
}

TEST_CASE("Wrong types and values out of range", "[e2e]") {
  check_refused({{"batch_size", "64"}},
                {"x.json: batch_size: \"64\" is not allowed; allowed: a whole number at least 1"});
  check_refused(
      {{"optimizer", {{"learning_rate", -1}}}},
      {"x.json: optimizer.learning_rate: -1 is not allowed; allowed: a number above 0\n"});
  check_refused({{"prune", {{"ratios", {1.5}}}}},
                {"x.json: prune.ratios: [1.5] is not allowed; allowed: a list of: a number at "
                 "least 0 and at most 1\n"});
  check_refused({{"batch_size", 0}},
                {"x.json: batch_size: 0 is not allowed; allowed: a whole number at least 1"});
  check_refused({{"model", {{"widths", Json::array()}}}},
                {"x.json: model.widths: [] is not allowed; allowed: a list of one or more of: "});
}

TEST_CASE("Names that nobody knows come with those that are", "[e2e]") {
  check_refused({{"dataset", {{"name", "mnits"}}}},
                {"x.json: dataset.name: \"mnits\" is not allowed; allowed: mnist, fashion-mnist, "
                 "cifar10, synthetic, idx\n"});
  check_refused({{"loss", {{"type", "hinge"}}}},
                {"x.json: loss.type: \"hinge\" is not allowed; allowed: softplus, relu, symba\n"});
  check_refused(
      {{"schedule", {{"type", "random"}}}},
      {"x.json: schedule.type: \"random\" is not allowed; allowed: sequential, parallel"});
  check_refused({{"model", {{"type", "hebb"}}}},
                {"x.json: model.type: \"hebb\" is not allowed; allowed: ff, bp"});
}

TEST_CASE("All that is wrong in all configs is told at once", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"batch_size", 0}, {"sedes", {1}}}));
  bench.write("y.json", small_ff("y", {{"loss", {{"type", "hinge"}}}}));
  check_refused(bench,
                {"x.json", "y.json", "no.json"},
                {"ff: x.json: batch_size: 0 is",
                 "ff: x.json: sedes: unknown key; did you mean 'seeds'?",
                 "ff: y.json: loss.type: \"hinge\" is",
                 "ff: no.json: no such file"});
}

TEST_CASE("A wrong --set, a seed that is too large, a device that is not there", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  check_refused(
      bench,
      {"x.json", "--set", "batch_siz=3"},
      {"ff: x.json with --set batch_siz=3: batch_siz: unknown key; did you mean 'batch_size'?"});
  check_refused(bench,
                {"x.json", "--set", "optimizer.learning_rate=NaN"},
                {"optimizer.learning_rate: \"NaN\" is not allowed; allowed: a number above 0"});
  check_refused(bench,
                {"x.json", "--seeds", "4294967296"},
                {"seeds: [4294967296] is not allowed; allowed: "});
  check_refused(bench, {"x.json", "--device", "cuda"}, {"--device cuda: no CUDA device found ("});
}

TEST_CASE("A name that would leave the output folder", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  for (const auto* name : {"../x", "/x", "..", "a/../../x"}) {
    check_refused(
        bench,
        {"x.json", "--set", std::string("name=") + name},
        {"x.json with --set name=", ": name: \"", "allowed: letters, digits, '_', '-' and '.'"});
  }
}

TEST_CASE("Two configs of one name", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  bench.write("y.json", small_ff("x", {{"batch_size", 32}}));
  check_refused(
      bench, {"x.json", "y.json"}, {"y.json: name: \"x\" is also used by another config"});
}

TEST_CASE("Pruning what is not trained", "[e2e]") {
  check_refused({{"schedule", {{"epochs", 0}}}, {"prune", {{"ratios", {0.9}}}}},
                {"x.json: prune.ratios: cannot prune an untrained network (schedule.epochs 0); "
                 "remove the ratios or increase schedule.epochs\n"});
}

TEST_CASE("Settings of Hinton's paper that rule each other out", "[e2e]") {
  const Json head = {{"type", "softmax"}, {"layers", {{"from", 1}}}};
  check_refused({{"negatives", {{"type", "hard-label"}, {"pairing", "paired"}}}},
                {"ff: x.json: negatives.type: hard-label draws labels from the predictions of a "
                 "head; set head.type softmax and head.train along, or use random-label\n"});
  check_refused(
      {{"negatives", {{"type", "hybrid"}}}, {"head", head}, {"schedule", {{"type", "parallel"}}}},
      {"ff: x.json: predict.by: goodness tries every label, but with negatives.type hybrid "
       "the layers never see one; allowed: head\n"});
  check_refused({{"head", {{"type", "softmax"}, {"layers", {2}}, {"train", "after"}}}},
                {"ff: x.json: head.layers: there is no layer 2; allowed: 0 to 1\n"});
  check_refused({{"head", {{"layers", {{"from", 1}}}}}},
                {"ff: x.json: head.layers: has no effect with head.type none; remove it, or add "
                 "--set head.layers=\n"});
  check_refused({{"augment", {{"shift", 8}}}},
                {"ff: x.json: augment.shift: 8 pixels can shift out all of an image of 8 x 16; "
                 "allowed: 0 to 7\n"});
  check_refused({{"predict", {{"layers", "validation"}}}},
                {"ff: x.json: predict.layers: validation requires validation images; set "
                 "dataset.validation.count\n"});
  check_refused({{"loss", {{"type", "symba"}}}},
                {"ff: x.json: loss.type: symba compares a negative with the positive of the same "
                 "image; set negatives.pairing paired\n"});
}

TEST_CASE("A missing data set names the places tried", "[e2e]") {
  check_refused({{"dataset", {{"name", "idx"}}}},
                {"ff: data set idx not found; tried data (no such folder), /usr/share/datasets",
                 "; to get it: put your own IDX files"});
}

TEST_CASE("A folder of data that is named and not there is not passed over", "[e2e]") {
  check_refused({{"dataset", {{"name", "idx"}, {"root", "mine"}}}},
                {"ff: x.json: dataset.root: mine: no such folder\n"});
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  check_refused(
      bench, {"x.json", "--data-root", "mine"}, {"ff: --data-root mine: no such folder\n"});
}

TEST_CASE("A damaged data set", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"dataset", {{"name", "idx"}}}}));
  write_idx_set(bench / "data/idx", 20, 5);
  write_bytes(bench / "data/idx/train-images-idx3-ubyte", idx_images_bytes(19, 20));
  check_refused(bench, {"x.json"}, {"ff: data/idx/train-images-idx3-ubyte: "});
}

TEST_CASE("Data that do not fit the config", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"dataset", {{"name", "idx"}}}}));
  write_idx_set(bench / "data/idx", 40, 20, /*classes=*/20);  // images with 12 pixels per row
  check_refused(bench, {"x.json"}, {"20 classes", "12"});
  check_refused(bench, {"x.json", "--dry-run"}, {"20 classes", "12"});
  bench.write("y.json", small_bp("y", {{"dataset", {{"name", "idx"}}}}));
  check_refused(
      bench, {"y.json"}, {"model.widths: the last layer has 4 units, but there are 20 classes"});
  check_refused(bench,
                {"y.json", "--set", "dataset.train_limit=41"},
                {"ff: y.json: dataset.train_limit: 41 is not allowed; allowed: 1 to 40"});
}
