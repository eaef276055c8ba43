# Functions for the project's targets: compiler flags, sources by folder, a shared precompiled header.

# Enables AddressSanitizer and UndefinedBehaviorSanitizer for the sources of a target, without the vptr
# check, which needs type information that LibTorch's libraries do not export.
function(ff_sanitize target)
  set(flags -fsanitize=address,undefined -fno-sanitize=vptr)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:${flags} -fno-omit-frame-pointer -fno-sanitize-recover=undefined>)
  target_link_options(${target} PUBLIC ${flags})
endfunction()

# Sets the compiler flags of a target. -fPIC is used for executables too, because a precompiled header
# requires identical flags. -Wmissing-field-initializers is off because it warns about designated
# initialisers of options structs, {.min = 1}.
function(ff_set_flags target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wno-missing-field-initializers -fPIC>
    $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-fPIC>)
  if(FF_WERROR)
    target_compile_options(${target} PRIVATE
      $<$<COMPILE_LANGUAGE:CXX>:-Werror> $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Werror>)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False positives of g++ 12 and 13 in the standard headers, at -O3 or with sanitizers.
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:
      -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict
      -Wno-array-bounds>)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
      target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-dangling-reference>)
    endif()
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)  # for ccache
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

# Returns the sources of the given folders; .cu files only if CUDA is enabled.
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

# Gives a target the precompiled header, which is built with the first target and reused by the others.
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

# Adds a static library of the .cpp files (and, with CUDA, the .cu files) in a folder.
function(ff_add_library target folder)
  ff_sources(sources ${folder})
  if(NOT sources)  # allows configuring a tree without these sources
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
  # Parsing LibTorch's headers takes longer than compiling a source, so unity builds save time.
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${FF_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# Enables CUDA for a target with .cu files. The CUDA runtime is linked statically, so that the program
# starts without a toolkit or driver; LibTorch's CUDA libraries are loaded at run time.
function(ff_add_cuda target)
  find_package(CUDAToolkit REQUIRED)
  target_link_libraries(${target} PRIVATE $<LINK_ONLY:CUDA::cudart_static>)
  # Hides the symbols of the static runtime, which would otherwise replace those of LibTorch's runtime.
  target_link_options(${target} PUBLIC LINKER:--exclude-libs,libcudart_static.a)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX CUDA_RUNTIME_LIBRARY None)
endfunction()

# Compiles the inner loops of the fused engine once per instruction set, selected at run time. SIMD
# reductions (omp simd) and fused multiply-add are allowed, as bit parity is not required here.
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
