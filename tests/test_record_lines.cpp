// Valid and invalid lines of a record file.
#include "experiments/records/record_file.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

TEST_CASE("A bad record file is an error of one line that names file and line", "[records]") {
  const DataFolder folder;
  const auto file = folder / "bad.jsonl";
  const std::string first = R"({"ff_records":1,"environments":{"1":{},"2":{}}})";
  const Json good = {{"name", "x"},
                     {"seed", 0},
                     {"status", "done"},
                     {"environment", "1"},
                     {"config", Json::object()},
                     {"result", {{"name", "x"}, {"seed", 0}}},
                     {"metrics", {{{"epoch", 1}}}}};
  const auto message = [&](const std::string& text) {
    write_bytes(file, text);
    const auto reported = message_of([&] { find_runs(file); });
    CHECK(reported.find('\n') == std::string::npos);
    return reported;
  };
  const auto changed = [&](const Json& change) {
    auto line = good;
    line.merge_patch(change);
    return message(first + "\n" + line.dump() + "\n");
  };
  const auto at = [&](int line) { return file.string() + ": line " + std::to_string(line) + ": "; };
  CHECK(message(first + "\n" + good.dump() + "\n") == "nothing was thrown");
  CHECK(message("") == at(1) +
                           "a record file begins with {\"ff_records\": 1, ...}; make one with "
                           "'ff records pack'");
  CHECK_THAT(message(good.dump() + "\n"), ContainsSubstring(at(1) + "a record file begins with"));
  CHECK(message(R"({"ff_records":2,"environments":{}})") ==
        at(1) + "ff_records: version 2; this program reads 1");
  CHECK(message(R"({"ff_records":1})") == at(1) + "environments: expected an object {...}");
  CHECK(message(first + "\n") == at(1) + "no run follows");
  CHECK_THAT(message(first + "\n{\"name\": \"x\",\n"), ContainsSubstring(at(2) + "not JSON: "));
  CHECK_THAT(message(first + "\n\n"), ContainsSubstring(at(2) + "not JSON: "));
  CHECK_THAT(message(first + "\n[1]\n"), ContainsSubstring(at(2) + "expected a JSON object"));
  CHECK_THAT(message(first + "\n{\"name\": 1, \"name\": 2}\n"),
             ContainsSubstring(at(2) + "name: the key occurs twice"));
  CHECK(changed({{"weights", 1}}) ==
        at(2) +
            "unknown key 'weights'; allowed: name, seed, folder, status, environment, config, "
            "result, metrics");
  CHECK(changed({{"name", 1}}) == at(2) + "name: expected a string");
  CHECK(changed({{"seed", 0.5}}) == at(2) + "seed: expected a whole number");
  CHECK(changed({{"status", "ok"}}) ==
        at(2) + "status: expected \"done\", \"diverged\" or \"unfinished\", not \"ok\"");
  CHECK(changed({{"environment", "3"}}) ==
        at(2) + "environment: no \"3\" in \"environments\" above; allowed: 1, 2");
  CHECK_THAT(changed({{"environment", nullptr}}),
             ContainsSubstring(at(2) + "environment: expected"));
  CHECK(changed({{"config", nullptr}}) == at(2) + "config: expected an object {...}");
  CHECK(changed({{"result", nullptr}}) == at(2) + "result: expected an object {...}");
  CHECK(changed({{"result", {{"seed", 1}}}}) == at(2) + "result.seed: 1, where seed is 0");
  CHECK_THAT(changed({{"status", "diverged"}}),
             ContainsSubstring(at(2) + "status: \"diverged\", "));
  CHECK_THAT(
      changed({{"result", {{"diverged", {{"epoch", 1}}}}}}),
      ContainsSubstring(at(2) + "status: \"done\", where result says that the run diverged"));
  CHECK_THAT(changed({{"metrics", 3}}), ContainsSubstring(at(2) + "metrics: expected a list"));
  CHECK_THAT(changed({{"metrics", {{{"epoch", 1}}, {{"loss", 1}}}}}),
             ContainsSubstring(at(2) + "metrics[1]: expected"));
  for (const auto* place : {"../x", "/etc/x", "a/../../x", ""}) {
    CHECK_THAT(changed({{"folder", place}}), ContainsSubstring(at(2) + "folder: expected"));
  }
  CHECK(message(first + "\n" + good.dump() + "\n" + good.dump() + "\n") ==
        at(3) + "x/seed-0: in line 2 too; keep one");
  CHECK_THAT(message(first + "\n{\"choice\": {}}\n"),
             ContainsSubstring(at(2) + "chosen: expected an object"));
}
