# Finds LibTorch and defines the imported target ff::torch.
#
# In:  Torch_DIR or LIBTORCH (cache or environment), else the folders in FF_TORCH_DEFAULTS;
#      FF_CUDA = AUTO | ON | OFF.
# Out: ff::torch, FF_WITH_CUDA (TRUE or FALSE), FF_TORCH_VERSION, FF_TORCH_ROOT.
#
# A CUDA build of LibTorch is linked by library path, not with find_package(Torch), which requires a
# complete toolkit even for CPU-only programs and puts the toolkit's cuBLAS and cuDNN before those that
# LibTorch was built with. A CPU build of LibTorch uses find_package(Torch).
include_guard(GLOBAL)

set(LIBTORCH "" CACHE PATH "Root of LibTorch: the folder that holds include/ and lib/")
set(FF_CUDA "AUTO" CACHE STRING "Build the CUDA parts: AUTO (where the toolkit fits), ON or OFF")
set_property(CACHE FF_CUDA PROPERTY STRINGS AUTO ON OFF)

# Returns the path of TorchConfig.cmake. Torch_DIR precedes LIBTORCH, CMake variables precede the
# environment, and FF_TORCH_DEFAULTS comes last.
function(ff_find_torch_config out)
  set(hints)
  if(Torch_DIR)
    list(APPEND hints "${Torch_DIR}")
  elseif(LIBTORCH)
    list(APPEND hints "${LIBTORCH}")
  elseif(DEFINED ENV{Torch_DIR})
    list(APPEND hints "$ENV{Torch_DIR}")
  elseif(DEFINED ENV{LIBTORCH})
    list(APPEND hints "$ENV{LIBTORCH}")
  else()
    set(hints ${FF_TORCH_DEFAULTS})
  endif()
  unset(config CACHE)
  find_file(config TorchConfig.cmake PATHS ${hints}
            PATH_SUFFIXES share/cmake/Torch lib/cmake/Torch cmake/Torch NO_DEFAULT_PATH)
  set(found "${config}")
  unset(config CACHE)
  if(NOT found AND hints)
    message(FATAL_ERROR "LibTorch: no TorchConfig.cmake in ${hints}. Set Torch_DIR to the folder that "
                        "holds it, or LIBTORCH to the folder that holds include/ and lib/.")
  elseif(NOT found)
    message(FATAL_ERROR "LibTorch not found. Run scripts/setup.sh, which makes .venv with it, or set "
                        "LIBTORCH to the folder that holds include/ and lib/.")
  endif()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# Returns LibTorch's CUDA major version, read from the libcudart dependency of libc10_cuda; empty for a
# CPU build.
function(ff_torch_cuda_major root out)
  set(${out} "" PARENT_SCOPE)
  if(EXISTS "${root}/lib/libc10_cuda.so")
    file(STRINGS "${root}/lib/libc10_cuda.so" needed REGEX "libcudart[-0-9a-f]*\\.so\\.[0-9]+" LIMIT_COUNT 1)
    if(needed MATCHES "libcudart[-0-9a-f]*\\.so\\.([0-9]+)")
      set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    endif()
  endif()
endfunction()

# Returns path and version of nvcc; both are empty if it is not found.
function(ff_find_nvcc out_path out_version)
  find_program(FF_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_HOME ENV CUDA_PATH /usr/local/cuda
               PATH_SUFFIXES bin DOC "The CUDA compiler")
  mark_as_advanced(FF_NVCC)
  set(${out_path} "" PARENT_SCOPE)
  set(${out_version} "" PARENT_SCOPE)
  if(FF_NVCC)
    execute_process(COMMAND "${FF_NVCC}" --version OUTPUT_VARIABLE text ERROR_QUIET)
    if(text MATCHES "release ([0-9]+\\.[0-9]+)")
      set(${out_path} "${FF_NVCC}" PARENT_SCOPE)
      set(${out_version} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    endif()
  endif()
endfunction()

# Sets FF_WITH_CUDA and prints the reason.
function(ff_choose_cuda cuda_major)
  set(with FALSE)
  ff_find_nvcc(nvcc nvcc_version)
  string(REGEX REPLACE "\\..*" "" nvcc_major "${nvcc_version}")
  get_filename_component(toolkit "${nvcc}" DIRECTORY)
  find_file(FF_CUBLAS_LT_HEADER cublasLt.h HINTS "${toolkit}/.." PATH_SUFFIXES include NO_CACHE)
  if(FF_CUDA STREQUAL "OFF")
    set(why "CPU only (FF_CUDA=OFF)")
  elseif(NOT cuda_major)
    set(why "CPU only: this LibTorch was built without CUDA")
  elseif(NOT nvcc)
    set(why "CPU only: no CUDA toolkit found (this LibTorch fits CUDA ${cuda_major})")
  elseif(NOT nvcc_major STREQUAL cuda_major)
    set(why "CPU only: the CUDA toolkit found is ${nvcc_version}, this LibTorch fits CUDA ${cuda_major}")
  elseif(NOT FF_CUBLAS_LT_HEADER)
    set(why "CPU only: the CUDA toolkit found (${nvcc}) has no cublasLt.h; install its cuBLAS too")
  else()
    set(with TRUE)
    set(why "CPU and CUDA (toolkit ${nvcc_version}, ${nvcc})")
  endif()
  if(FF_CUDA STREQUAL "ON" AND NOT with)
    message(FATAL_ERROR "FF_CUDA=ON cannot be had. ${why}.")
  endif()
  message(STATUS "Building for: ${why}")
  set(FF_WITH_CUDA ${with} PARENT_SCOPE)
endfunction()

# Defines ff::torch from the library files of LibTorch.
function(ff_import_torch root)
  set(lib "${root}/lib")
  add_library(ff::torch INTERFACE IMPORTED GLOBAL)
  target_include_directories(ff::torch SYSTEM INTERFACE
    "${root}/include" "${root}/include/torch/csrc/api/include")
  # libtorch_cuda is not linked but loaded at run time if there is a GPU (ff/engines/compute_device.cpp).
  # Linking it would cost every run 270 MB and a third of a second.
  target_link_libraries(ff::torch INTERFACE "${lib}/libtorch_cpu.so" "${lib}/libc10.so" ${CMAKE_DL_LIBS})
  # Wheels before 2.7 use the pre-C++11 ABI of libstdc++ and record that in TorchConfig.cmake.
  file(STRINGS "${FF_TORCH_CONFIG}" abi REGEX "D_GLIBCXX_USE_CXX11_ABI=[01]" LIMIT_COUNT 1)
  if(abi MATCHES "_GLIBCXX_USE_CXX11_ABI=[01]")
    target_compile_definitions(ff::torch INTERFACE "${CMAKE_MATCH_0}")
  endif()
endfunction()

ff_find_torch_config(FF_TORCH_CONFIG)
get_filename_component(FF_TORCH_ROOT "${FF_TORCH_CONFIG}/../../../.." ABSOLUTE)
ff_torch_cuda_major("${FF_TORCH_ROOT}" FF_TORCH_CUDA_MAJOR)
ff_choose_cuda("${FF_TORCH_CUDA_MAJOR}")

if(FF_TORCH_CUDA_MAJOR)
  ff_import_torch("${FF_TORCH_ROOT}")
else()
  get_filename_component(Torch_DIR "${FF_TORCH_CONFIG}" DIRECTORY)
  find_package(Torch REQUIRED)
  set(FF_TORCH_ROOT "${TORCH_INSTALL_PREFIX}")  # Linux distribution packages have another layout
  add_library(ff::torch INTERFACE IMPORTED GLOBAL)
  target_link_libraries(ff::torch INTERFACE ${TORCH_LIBRARIES})
  target_include_directories(ff::torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  separate_arguments(ff_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
  target_compile_options(ff::torch INTERFACE ${ff_torch_flags})
endif()

set(FF_TORCH_VERSION "unknown")
get_filename_component(ff_config_dir "${FF_TORCH_CONFIG}" DIRECTORY)
if(EXISTS "${ff_config_dir}/TorchConfigVersion.cmake")
  file(STRINGS "${ff_config_dir}/TorchConfigVersion.cmake" ff_version REGEX "PACKAGE_VERSION \"" LIMIT_COUNT 1)
  if(ff_version MATCHES "PACKAGE_VERSION \"([^\"]+)\"")
    set(FF_TORCH_VERSION "${CMAKE_MATCH_1}")
  endif()
endif()
message(STATUS "LibTorch ${FF_TORCH_VERSION}: ${FF_TORCH_ROOT}")
