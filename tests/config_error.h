// Error messages of the config check.
#pragma once

#include <string>

#include "experiments/config/config.h"

namespace ff::test {

/// Returns the error messages for a config in the file x.json; empty if it is accepted.
inline std::string config_error(const experiments::Json& config) {
  try {
    experiments::config_from(config, "x.json");
  } catch (const experiments::ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace ff::test
