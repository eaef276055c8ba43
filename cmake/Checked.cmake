# ff_checked and ff_fuzz: tests and fuzz targets of code with manual memory management, under
# AddressSanitizer and UndefinedBehaviorSanitizer. Not built by default; `make sanitize` builds and
# runs both.
#
# Only the sources below are instrumented. All other code uses LibTorch tensors and is linked from the
# uninstrumented libraries. For functions defined in both, the linker takes the first definition
# (-z muldefs), which is the instrumented one.
ff_sources(checked_sources experiments/config experiments/data ff/core ff/data ff/engines
           ff/forward_forward/engines baselines/engines)
list(FILTER checked_sources EXCLUDE REGEX "[.]cu$")
foreach(name checkpoint files pickle pickle_values plain_text png torch_file)
  list(APPEND checked_sources "${CMAKE_SOURCE_DIR}/experiments/${name}.cpp")
endforeach()

# Tests of these sources; all other tests run only in ff_tests.
set(checked_tests augment checkpoint config_changes config_files config_text data_.* files float_images
    fused fused_kernels gpu_.* host_device hostile_files image_set kernel.* label_overlay mlp_engine
    precision python_random tensor_dict)
list(JOIN checked_tests "|" checked_tests)
set(checked_test_sources ${test_sources})
list(FILTER checked_test_sources EXCLUDE REGEX "/tests/cuda/|/tests/e2e_[^/]*$")
foreach(file ${checked_test_sources})
  if(file MATCHES "/tests/test_" AND NOT file MATCHES "/tests/test_(${checked_tests})[.]cpp$")
    list(REMOVE_ITEM checked_test_sources "${file}")
  endif()
endforeach()
list(APPEND checked_test_sources "${CMAKE_SOURCE_DIR}/tests/e2e_workbench.cpp"
     "${CMAKE_BINARY_DIR}/generated/test_paths.cpp")

function(ff_set_checked_flags target)
  ff_set_flags(${target})
  if(NOT FF_SANITIZE)
    ff_sanitize(${target})
  endif()
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-O1 -g1 -UNDEBUG -Wno-shadow>)
  target_link_options(${target} PUBLIC LINKER:-z,muldefs)
  set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON
                        UNITY_BUILD ${FF_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

add_library(ff_checked_objects OBJECT ${checked_sources})
target_link_libraries(ff_checked_objects
  PUBLIC ff_experiments PRIVATE ZLIB::ZLIB CURL::libcurl PNG::PNG JPEG::JPEG)
ff_set_checked_flags(ff_checked_objects)

add_executable(ff_checked ${checked_test_sources} $<TARGET_OBJECTS:ff_test_main>)
target_include_directories(ff_checked PRIVATE "${CMAKE_SOURCE_DIR}")
target_link_libraries(ff_checked
  PRIVATE ff_checked_objects ZLIB::ZLIB PNG::PNG JPEG::JPEG Catch2::Catch2)
if(FF_WITH_CUDA)
  target_include_directories(ff_checked SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
endif()
ff_set_checked_flags(ff_checked)

ff_sources(fuzz_sources tests/fuzz)
list(REMOVE_ITEM fuzz_sources "${CMAKE_SOURCE_DIR}/tests/fuzz/libfuzzer.cpp")
add_executable(ff_fuzz ${fuzz_sources})
target_link_libraries(ff_fuzz PRIVATE ff_checked_objects cxxopts::cxxopts ZLIB::ZLIB)
ff_set_checked_flags(ff_fuzz)
set_target_properties(ff_fuzz PROPERTIES UNITY_BUILD OFF)

if(FF_PCH)
  target_precompile_headers(ff_checked_objects PRIVATE
    "$<$<COMPILE_LANGUAGE:CXX>:${CMAKE_SOURCE_DIR}/cmake/pch_tensors.h>")
  foreach(target ff_checked ff_fuzz)
    target_precompile_headers(${target} REUSE_FROM ff_checked_objects)
  endforeach()
endif()

# libFuzzer programs ff_fuzz_NAME. They require clang, and libraries built with FF_FUZZ=ON.
if(FF_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "FF_FUZZ=ON needs clang: configure a new folder with "
                        "-DCMAKE_CXX_COMPILER=clang++. With g++ there is ff_fuzz ('make fuzz').")
  endif()
  list(REMOVE_ITEM fuzz_sources "${CMAKE_SOURCE_DIR}/tests/fuzz/main.cpp")
  set(corpus "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus")
  file(GLOB names RELATIVE "${corpus}" "${corpus}/*")
  foreach(name ${names})
    add_executable(ff_fuzz_${name} EXCLUDE_FROM_ALL
                   "${CMAKE_SOURCE_DIR}/tests/fuzz/libfuzzer.cpp" ${fuzz_sources})
    target_compile_definitions(ff_fuzz_${name} PRIVATE FF_FUZZ_ENTRY=fuzz_${name})
    target_link_libraries(ff_fuzz_${name} PRIVATE ff_experiments ZLIB::ZLIB)
    ff_set_flags(ff_fuzz_${name})
    target_link_options(ff_fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endif()
