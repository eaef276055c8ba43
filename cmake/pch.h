// Precompiled header of all targets: the headers that most files use and that take longest to
// parse. Files still include what they use, since builds without it (-DFF_PCH=OFF) must work.
#pragma once

#include <torch/nn/init.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/serialize.h>
#include <torch/types.h>

#include "pch_tensors.h"
