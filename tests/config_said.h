// What the config check says.
#pragma once

#include <string>

#include "experiments/config/config.h"

namespace ff::test {

/// What is said of a config in the file x.json; empty when it is accepted.
inline std::string said_of_config(const experiments::Json& config) {
  try {
    experiments::config_from(config, "x.json");
  } catch (const experiments::ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace ff::test
