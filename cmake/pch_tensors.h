// Precompiled header with the standard library and LibTorch's tensors only. The headers that pch.h
// adds cost each file seconds of template instantiation, even if unused.
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
