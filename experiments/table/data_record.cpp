#include "experiments/table/data_record.h"

namespace ff::experiments {

Json data_record(const Json& environment) {
  const auto found = environment.find("data");
  return found != environment.end() && found->is_object() ? *found : Json();
}

std::vector<std::string> data_differences(const Json& environment, const Json& other) {
  const auto here = data_record(environment), there = data_record(other);
  if (here.is_null() || there.is_null()) return {};
  return differences(here, there);
}

bool same_kind_of_data(const Json& environment, const Json& other) {
  const auto here = data_record(environment), there = data_record(other);
  if (here.is_null() || there.is_null()) return true;
  return here.value("classes", Json()) == there.value("classes", Json()) &&
         here.value("shape", Json()) == there.value("shape", Json());
}

std::string data_label(const Json& environment) {
  const auto record = data_record(environment);
  if (record.is_null()) return {};
  const auto text = [&](const char* key) {
    const auto value = record.value(key, Json());
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  return text("name") + " " + text("train_crc32");
}

}  // namespace ff::experiments
