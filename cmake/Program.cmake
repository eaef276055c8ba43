# Defines ff_baselines, ff_experiments and the program ff.
find_package(nlohmann_json REQUIRED)
find_package(cxxopts REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)

# Runs at every build, since the git commit can change without any source file changing.
set(build_info "${CMAKE_BINARY_DIR}/generated/build_info.cpp")
add_custom_target(ff_build_info
  COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${CMAKE_SOURCE_DIR}" "-DOUT=${build_info}"
          "-DFF_VERSION=${PROJECT_VERSION}" "-DFF_BUILD_TYPE=${CMAKE_BUILD_TYPE}"
          "-DFF_COMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
          "-DFF_CUDA_BOOL=$<IF:$<BOOL:${FF_WITH_CUDA}>,true,false>"
          -P "${CMAKE_SOURCE_DIR}/cmake/build_info.cmake"
  BYPRODUCTS "${build_info}" VERBATIM COMMENT "Recording what is built")

ff_add_library(ff_baselines baselines)
add_library(ff::baselines ALIAS ff_baselines)
target_link_libraries(ff_baselines PUBLIC ff)

# The C sources of `ff export`, compiled into the program.
set(c_templates "${CMAKE_BINARY_DIR}/generated/c_templates.cpp")
file(GLOB c_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/experiments/export/c/*.in")
add_custom_command(OUTPUT "${c_templates}"
  COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${CMAKE_SOURCE_DIR}/experiments/export/c" "-DOUT=${c_templates}"
          -P "${CMAKE_SOURCE_DIR}/cmake/embed_c.cmake"
  DEPENDS ${c_sources} "${CMAKE_SOURCE_DIR}/cmake/embed_c.cmake" VERBATIM)

ff_add_library(ff_experiments experiments)
add_library(ff::experiments ALIAS ff_experiments)
set(ff_main "${CMAKE_SOURCE_DIR}/experiments/main.cpp")
get_target_property(sources ff_experiments SOURCES)
list(REMOVE_ITEM sources "${ff_main}")
set_target_properties(ff_experiments PROPERTIES SOURCES "${sources}")
target_sources(ff_experiments PRIVATE "${build_info}" "${c_templates}")
# Excluded from unity builds: build_info.cpp changes with every commit, and each learner file may define
# the same local names as the others.
file(GLOB learner_files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/experiments/learners/*.cpp")
set_source_files_properties("${build_info}" "${c_templates}" ${learner_files} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
add_dependencies(ff_experiments ff_build_info)
target_link_libraries(ff_experiments
  PUBLIC ff ff_baselines nlohmann_json::nlohmann_json
  PRIVATE $<BUILD_INTERFACE:cxxopts::cxxopts> ZLIB::ZLIB CURL::libcurl PNG::PNG JPEG::JPEG)

# Where ff plot and ff report find their Python package; installed: share/ff/python.
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/python")
file(CREATE_LINK "${CMAKE_SOURCE_DIR}/reference/forward_forward" "${CMAKE_BINARY_DIR}/python/forward_forward"
     SYMBOLIC)

if(EXISTS "${ff_main}")
  add_executable(ff_cli "${ff_main}")
  set_target_properties(ff_cli PROPERTIES OUTPUT_NAME ff RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
  target_link_libraries(ff_cli PRIVATE ff_experiments)
  ff_set_flags(ff_cli)
  ff_precompile(ff_cli)
endif()
