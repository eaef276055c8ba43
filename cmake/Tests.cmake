# Tests: one Catch2 (version 2 or 3) program of the files in tests/, and checks run as separate tests.
ff_sources(test_sources tests)
list(FILTER test_sources EXCLUDE REGEX "/tests/(consumer|fuzz)/")
if(NOT FF_WITH_CUDA)
  list(FILTER test_sources EXCLUDE REGEX "/tests/cuda/")
endif()

if(test_sources AND FF_BUILD_PROGRAM)
  find_package(Catch2 REQUIRED)
  set(FF_PROGRAM_PATH "${CMAKE_BINARY_DIR}/ff")
  configure_file(cmake/test_paths.cpp.in generated/test_paths.cpp @ONLY)
  # Contains the implementation of Catch2 version 2, which takes long to compile: build it once, at -O0.
  set(test_main "${CMAKE_SOURCE_DIR}/tests/main.cpp")
  list(REMOVE_ITEM test_sources "${test_main}")
  add_library(ff_test_main OBJECT "${test_main}")
  target_link_libraries(ff_test_main PRIVATE ff Catch2::Catch2)
  ff_set_flags(ff_test_main)
  target_compile_options(ff_test_main PRIVATE -O0)
  add_executable(ff_tests ${test_sources} "${CMAKE_BINARY_DIR}/generated/test_paths.cpp"
                 $<TARGET_OBJECTS:ff_test_main>)
  target_include_directories(ff_tests PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(ff_tests PRIVATE ff_experiments ZLIB::ZLIB PNG::PNG JPEG::JPEG Catch2::Catch2)
  if(FF_WITH_CUDA)
    target_include_directories(ff_tests SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
  endif()
  ff_set_flags(ff_tests)
  # -O1: the tests compute little, and full optimisation takes longer than it saves.
  target_compile_options(ff_tests PRIVATE $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-O1>)
  ff_precompile(ff_tests)
  # In a unity build, local names may shadow helpers of another file, which is harmless in tests.
  set_target_properties(ff_tests PROPERTIES UNITY_BUILD ${FF_UNITY} UNITY_BUILD_BATCH_SIZE 6)
  target_compile_options(ff_tests PRIVATE $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${FF_UNITY}>>:-Wno-shadow>)
  set_source_files_properties(
    "${CMAKE_SOURCE_DIR}/tests/test_fused.cpp"  # its struct Recipe clashes with that of gpu_networks.h
    PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  add_test(NAME unit COMMAND ff_tests "~[e2e]")
  if(TARGET ff_cli)
    add_dependencies(ff_tests ff_cli)
    add_test(NAME end-to-end COMMAND ff_tests "[e2e]")
  endif()
  include(cmake/Checked.cmake)
endif()

add_test(NAME consumer
  COMMAND "${CMAKE_COMMAND}" "-DBUILD=${CMAKE_BINARY_DIR}" "-DSOURCE=${CMAKE_SOURCE_DIR}/tests/consumer"
          "-DWORK=${CMAKE_BINARY_DIR}/consumer" "-DGENERATOR=${CMAKE_GENERATOR}"
          "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DLAUNCHER=${FF_CCACHE}"
          -P "${CMAKE_SOURCE_DIR}/tests/consumer/run.cmake")

# Parity with the Python reference requires PyTorch, which .venv has.
set(ff_python "${CMAKE_SOURCE_DIR}/.venv/bin/python")
set(ff_parity "${CMAKE_SOURCE_DIR}/tests/parity/parity.py")
if(EXISTS "${ff_parity}" AND TARGET ff_cli)
  if(EXISTS "${ff_python}")
    add_test(NAME parity COMMAND "${ff_python}" "${ff_parity}" "${CMAKE_BINARY_DIR}/ff" --quick
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(parity PROPERTIES SKIP_RETURN_CODE 77)  # exit code if no data set is found
  else()
    message(STATUS "No .venv/bin/python: the parity test is left out")
  endif()
endif()

find_package(Python3 3.9 COMPONENTS Interpreter QUIET)
# The Python package, ff plot and ff report. Tests that need a package that this Python lacks, or a browser, are skipped.
if(TARGET ff_cli)
  if(EXISTS "${ff_python}")
    set(ff_package_python "${ff_python}")
  elseif(Python3_FOUND AND Python3_VERSION VERSION_GREATER_EQUAL 3.10)
    set(ff_package_python "${Python3_EXECUTABLE}")
  endif()
  if(ff_package_python)
    add_test(NAME python COMMAND "${ff_package_python}" "${CMAKE_SOURCE_DIR}/tests/python/run.py" "${CMAKE_BINARY_DIR}/ff")
  else()
    message(STATUS "No Python 3.10: the tests of the Python package are left out")
  endif()
endif()

# Checks that all tables and pictures in the documents match results/.
if(Python3_FOUND AND TARGET ff_cli)
  # Exported C code under QEMU; skipped where the cross compilers are not installed.
  add_test(NAME edge COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/tests/edge/qemu.py" "${CMAKE_BINARY_DIR}/ff")
  set_tests_properties(edge PROPERTIES SKIP_RETURN_CODE 77)
  add_test(NAME docs COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/scripts/docs.py" "${CMAKE_BINARY_DIR}/ff" --check)
endif()

# Durations in seconds on 2 cores: ctest starts the longest test first; later runs use recorded times.
foreach(cost "end-to-end=115" "unit=105" "python=25" "parity=30" "consumer=15" "edge=60")
  string(REPLACE "=" ";" cost "${cost}")
  list(GET cost 0 name)
  list(GET cost 1 seconds)
  if(TEST ${name})
    set_tests_properties(${name} PROPERTIES COST ${seconds})
  endif()
endforeach()

# With active waiting, idle OpenMP threads slow down all processes on a shared machine up to tenfold.
get_property(ff_all_tests DIRECTORY PROPERTY TESTS)
set_tests_properties(${ff_all_tests} PROPERTIES ENVIRONMENT "OMP_WAIT_POLICY=passive")

# Times local2d (benchmarks/local2d.cpp); not built by default.
add_executable(ff_bench_local2d EXCLUDE_FROM_ALL "${CMAKE_SOURCE_DIR}/benchmarks/local2d.cpp")
target_link_libraries(ff_bench_local2d PRIVATE ff)
ff_set_flags(ff_bench_local2d)
