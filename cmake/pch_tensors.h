// The standard library and LibTorch's tensors, for what needs no more of it: what pch.h adds costs
// every file seconds, even where it is not used (templates that each instantiates anew).
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/core/Tensor.h>
