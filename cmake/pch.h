// The headers that most files need and that take longest to read, compiled once for all targets.
// Files still include what they use: the build without it (-DFF_PCH=OFF) must work.
#pragma once

#include "pch_tensors.h"

#include <torch/nn/init.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/serialize.h>
#include <torch/types.h>
