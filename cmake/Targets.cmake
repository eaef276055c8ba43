# How the project's own targets are made: flags, sources by folder, one precompiled header.

# The address and undefined behaviour sanitizers, for the target's own sources.
# No vptr check: it needs type information that LibTorch's libraries do not export.
function(ff_sanitize target)
  set(flags -fsanitize=address,undefined -fno-sanitize=vptr)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:${flags} -fno-omit-frame-pointer -fno-sanitize-recover=undefined>)
  target_link_options(${target} PUBLIC ${flags})
endfunction()

# Flags of every target of ours. -fPIC everywhere (executables too), as a precompiled header serves
# only files that are compiled with the same flags. The one warning that is off dislikes
# {.min = 1}, the designated initialisers of options structs.
function(ff_set_flags target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wno-missing-field-initializers -fPIC>
    $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-fPIC>)
  if(FF_WERROR)
    target_compile_options(${target} PRIVATE
      $<$<COMPILE_LANGUAGE:CXX>:-Werror> $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Werror>)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Flow analyses that g++ 12 and 13 get wrong inside their own headers, at -O3 or sanitized.
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:
      -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict
      -Wno-array-bounds>)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
      target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-dangling-reference>)
    endif()
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)  # ccache
  endif()
  if(FF_SANITIZE)
    ff_sanitize(${target})
  endif()
  if(FF_FUZZ)
    target_compile_options(${target} PRIVATE
      $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr
      -fno-sanitize-recover=undefined>)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()

# The sources of the given folders, CUDA's only where they can be compiled.
function(ff_sources out)
  set(patterns)
  foreach(folder ${ARGN})
    list(APPEND patterns "${CMAKE_SOURCE_DIR}/${folder}/*.cpp")
    if(FF_WITH_CUDA)
      list(APPEND patterns "${CMAKE_SOURCE_DIR}/${folder}/*.cu")
    endif()
  endforeach()
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${patterns})
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# The first target makes the precompiled header, the others share it.
function(ff_precompile target)
  if(NOT FF_PCH)
    return()
  endif()
  get_property(owner GLOBAL PROPERTY FF_PCH_OWNER)
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    target_precompile_headers(${target} PRIVATE
      "$<$<COMPILE_LANGUAGE:CXX>:${CMAKE_SOURCE_DIR}/cmake/pch.h>")
    set_property(GLOBAL PROPERTY FF_PCH_OWNER ${target})
  endif()
endfunction()

# A static library from the .cpp files (and, with CUDA, the .cu files) under the folder.
function(ff_add_library target folder)
  ff_sources(sources ${folder})
  if(NOT sources)  # nothing there yet: keeps the configuration of an unfinished tree going
    set(empty "${CMAKE_BINARY_DIR}/${target}_empty.cpp")
    file(WRITE "${empty}.new" "")
    file(COPY_FILE "${empty}.new" "${empty}" ONLY_IF_DIFFERENT)
    set(sources "${empty}")
  endif()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  ff_set_flags(${target})
  ff_precompile(${target})
  # Every source reads LibTorch's templates anew, which takes longer than the source itself.
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${FF_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# CUDA for a target with .cu files. Its runtime is linked into the program, so that this starts where
# there is no toolkit and no driver; what of LibTorch's libraries it needs it loads itself.
function(ff_add_cuda target)
  find_package(CUDAToolkit REQUIRED)
  target_link_libraries(${target} PRIVATE $<LINK_ONLY:CUDA::cudart_static>)
  # LibTorch has a runtime of its own, whose functions ours must not stand in for.
  target_link_options(${target} PUBLIC LINKER:--exclude-libs,libcudart_static.a)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX CUDA_RUNTIME_LIBRARY None)
endfunction()

# The fused engine's inner loops, once per instruction set; which one runs is decided at run time.
# Sums may be split over lanes (omp simd) and products fused: these files claim no parity of bits.
function(ff_add_kernels target)
  set(flags -O3 -fopenmp-simd -fno-math-errno -fno-trapping-math -ffp-contract=fast)
  set(folder "${CMAKE_SOURCE_DIR}/ff/engines/cpu/kernels")
  set(files "${folder}/baseline.cpp" "${folder}/avx2.cpp" "${folder}/avx512.cpp")
  set_source_files_properties(${files} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS "${flags}")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set_source_files_properties("${folder}/kernels.cpp" PROPERTIES
                                SKIP_PRECOMPILE_HEADERS ON COMPILE_DEFINITIONS FF_X86_KERNELS=1)
    set_property(SOURCE "${folder}/avx2.cpp" APPEND PROPERTY COMPILE_OPTIONS -mavx2 -mfma)
    set_property(SOURCE "${folder}/avx512.cpp" APPEND PROPERTY COMPILE_OPTIONS
                 -mavx512f -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512)
  endif()
endfunction()
