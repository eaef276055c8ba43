// JSON text of configs: syntax error positions, duplicate keys, --set, and config differences.
#include <fstream>

#include "experiments/config/config.h"
#include "experiments/config/reader.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// Returns the errors for a file with this text.
std::string config_text_error(const std::string& text,
                              const std::vector<std::string>& assignments = {}) {
  const DataFolder folder;
  write_bytes(folder / "x.json", text);
  const auto message = message_of([&] { load_config(folder / "x.json", assignments); });
  const auto name = message.find("x.json");
  return name == std::string::npos ? message : message.substr(name);
}

Config with(const std::vector<std::string>& assignments) {
  const DataFolder folder;
  write_bytes(folder / "x.json", R"({"name": "x", "optimizer": {"learning_rate": 0.5}})");
  return load_config(folder / "x.json", assignments);
}

std::string refusal(const std::string& assignment) {
  return message_of([&] { with({assignment}); });
}

}  // namespace

TEST_CASE("A file that is not JSON is wrong at a line and a column", "[config]") {
  CHECK_THAT(config_text_error("{\n  \"name\": \"x\",\n  \"seeds\": [0,\n}\n"),
             ContainsSubstring("x.json: not JSON: parse error at line 4, column 1: "));
  CHECK_THAT(config_text_error("{\"name\": NaN}"),
             ContainsSubstring("not JSON: parse error at line 1, column 10"));
  CHECK_THAT(config_text_error("{'name': 'x'}"), ContainsSubstring("at line 1, column 2"));
  CHECK_THAT(config_text_error(""), ContainsSubstring("at line 1, column 1"));
  CHECK_THAT(config_text_error("{\"name\": \"x\"} {"), ContainsSubstring("at line 1, column 15"));
  CHECK_THAT(config_text_error("{\"name\": \"\xff\"}"), ContainsSubstring("x.json: not JSON: "));
  CHECK_THAT(config_text_error("{\"label\": {\"neutral\": 1e999}}"),
             ContainsSubstring("not JSON: number overflow parsing '1e999'"));
}

TEST_CASE("A config is an object", "[config]") {
  CHECK(config_text_error("[1, 2]") == "x.json: expected a JSON object {...}, got array");
  CHECK(config_text_error("3") == "x.json: expected a JSON object {...}, got number");
}

TEST_CASE("A missing file and a folder are named", "[config]") {
  const DataFolder folder;
  CHECK(message_of([&] { load_config(folder / "no.json", {}); }) ==
        (folder / "no.json").string() + ": no such file, or it cannot be read");
  CHECK(message_of([&] { load_config(folder.path(), {}); }) ==
        folder.path().string() + ": is a folder; name a JSON file in it");
}

TEST_CASE("A key that occurs twice is refused, wherever it is", "[config]") {
  CHECK(config_text_error(R"({"name": "x", "seeds": [0], "name": "x"})") ==
        "x.json: name: the key occurs twice; keep one");
  CHECK(
      config_text_error(R"({"model": {"threshold": {"initial": 1, "initial": 1}}, "name": "x"})") ==
      "x.json: model.threshold.initial: the key occurs twice; keep one");
  CHECK_NOTHROW(with({}));
  const auto text = config_text_error(
      R"({"name": "x", "loss": {"type": "relu", "type": "relu"}, "loss": {}, "batch_size": 0})");
  CHECK_THAT(text, ContainsSubstring("loss.type: the key occurs twice"));
  CHECK_THAT(text, ContainsSubstring("x.json: loss: the key occurs twice"));
  CHECK_THAT(text, ContainsSubstring("batch_size: 0 is not allowed"));
}

TEST_CASE("The same key in two sections is no duplicate", "[config]") {
  Problems problems("x");
  parse_json(
      R"({"a": {"x": 1, "y": {"x": 2}}, "b": {"x": 3}, "c": [{"x": 4}, {"x": 5}]})", "x", problems);
  CHECK(problems.empty());
  parse_json(R"({"c": [{"x": 4}, {"x": 5, "x": 6}]})", "x", problems);
  CHECK(problems.lines() == std::vector<std::string>{"x: c.x: the key occurs twice; keep one"});
}

TEST_CASE("--set takes JSON, or a bare word", "[config]") {
  CHECK(with({}).optimizer.learning_rate == 0.5);
  CHECK(with({"optimizer.learning_rate=0.03"}).optimizer.learning_rate == 0.03);
  CHECK(with({"loss.type=relu"}).loss.type == "relu");
  CHECK(with({"loss.type=\"relu\""}).loss.type == "relu");
  CHECK(with({"seeds=[3,4]"}).seeds == std::vector<std::int64_t>{3, 4});
  CHECK(with({"model.threshold.learned=false"}).model.threshold.learned == false);
  CHECK(with({"predict={\"layers\":{\"first\":1}}"}).predict.layers.first == 1);
  CHECK(with({"dataset.root=/a=b c"}).dataset.root == "/a=b c");
  CHECK(with({"dataset.root=a", "dataset.root=null"}).dataset.root == std::nullopt);
  CHECK(with({"batch_size=2", "batch_size=3"}).batch_size == 3);  // the last one takes precedence
}

TEST_CASE("A mistake of --set is told apart from one of the file", "[config]") {
  const std::string text =
      R"({"name": "x", "batch_size": 0, "optimizer": {"learning_rate": 0, "beta1": 2}})";
  const auto message = config_text_error(text, {"optimizer.learning_rate=-1", "optimizer.beta1=3"});
  CHECK_THAT(message,
             ContainsSubstring(
                 "x.json with --set optimizer.learning_rate=-1: optimizer.learning_rate: -1 is"));
  CHECK_THAT(message, ContainsSubstring("x.json with --set optimizer.beta1=3: optimizer.beta1: 3"));
  CHECK_THAT(message, ContainsSubstring("x.json: batch_size: 0 is not allowed"));
  // A section, a list entry, and a key with a common prefix.
  CHECK_THAT(config_text_error(text, {"optimizer={\"beta1\": 2}"}),
             ContainsSubstring("with --set optimizer={\"beta1\": 2}: optimizer.beta1: 2"));
  CHECK_THAT(config_text_error(text, {"model.widths=[0]"}),
             ContainsSubstring("with --set model.widths=[0]: model.widths"));
  CHECK_THAT(config_text_error(text, {"batch=1"}), ContainsSubstring("x.json: batch_size: 0"));
}

TEST_CASE("A sweep is no config", "[config]") {
  CHECK(config_text_error(R"({"name": "x", "configs": ["a.json"], "grid": {}})") ==
        "x.json: is a sweep (it has configs); run it with 'ff sweep'");
}

TEST_CASE("A wrong --set is refused as the file would be", "[config]") {
  for (const auto* form : {"batch_size", "=3", "batch_size.=3", ".a=1", "a..b=1", ".=1", "="}) {
    CHECK(refusal(form) ==
          "--set " + std::string(form) +
              ": expected a.b=VALUE, such as optimizer.learning_rate=0.03, or a.b= "
              "to remove the key");
  }
  CHECK(refusal("name.first=x") ==
        "--set name.first=x: 'first' is inside a value that is not an object");
  CHECK_THAT(refusal("batch_size=\"\""), ContainsSubstring("batch_size: \"\" is not allowed"));
  CHECK_THAT(refusal("batch_siz=3"), ContainsSubstring("did you mean 'batch_size'?"));
  CHECK_THAT(refusal("optimizer.learning_rate=NaN"), ContainsSubstring("\"NaN\" is not allowed"));
  CHECK_THAT(refusal("optimizer.learning_rate=1e999"),
             ContainsSubstring("\"1e999\" is not allowed"));
}

TEST_CASE("Differences are listed by path", "[config]") {
  const Json a = {
      {"x", 1}, {"in", {{"same", {1, 2}}, {"list", {1, 2}}, {"only", 3}}}, {"o", {{"k", 1}}}};
  const Json b = {{"in", {{"list", {1, 3}}, {"same", {1, 2}}}}, {"x", "1"}, {"o", 5}};
  CHECK(differences(a, b) == std::vector<std::string>{"in.list: [1,2] here, [1,3] there",
                                                      "in.only: 3 here, absent there",
                                                      "o: {\"k\":1} here, 5 there",
                                                      "x: 1 here, \"1\" there"});
  CHECK(differences(b, a).at(1) == "in.only: absent here, 3 there");
  CHECK(differences(a, a).empty());
  // the order of keys is ignored
  CHECK(differences({{"p", 1}, {"q", 2}}, {{"q", 2}, {"p", 1}}).empty());
}

TEST_CASE("Paths into a config", "[config]") {
  Json json = {{"a", {{"b", {{"c", 1}}}}}, {"d", 2}};
  CHECK(*find_path(json, "a.b.c") == 1);
  CHECK(find_path(json, "a.x") == nullptr);
  CHECK(find_path(json, "d.x") == nullptr);
  erase_path(json, "a.x");
  erase_path(json, "x.y");
  erase_path(json, "d.y");
  CHECK(json.size() == 2);
  erase_path(json, "a.b.c");  // also removes parents that become empty
  CHECK(json == Json({{"d", 2}}));
  erase_path(json, "d");
  CHECK(json.empty());
}

TEST_CASE("The nearest word is near", "[config]") {
  CHECK(nearest("epoch", {"epochs", "every"}) == "epochs");
  CHECK(nearest("learningrate", {"learning_rate", "type"}) == "learning_rate");
  CHECK(nearest("zzz", {"epochs", "type"}) == "");
  CHECK(nearest("x", {}) == "");
}
