// What the commands' command lines share.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include <cxxopts.hpp>

namespace ff::experiments {

/// All values of an option that may be repeated; none when it is absent.
std::vector<std::string> values_of(const cxxopts::ParseResult& parsed, const std::string& name);

/// Prints an option list to standard output; returns 0.
int print_help(const cxxopts::Options& options);

/// What was typed, as one line.
std::string command_line(int argc, char** argv);

/// An error's text without LibTorch's stack trace.
std::string plain_text(const std::exception& error);

}  // namespace ff::experiments
