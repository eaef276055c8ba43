# Rules for cmake --install: the program, and the libraries with headers and a package config (targets
# ff::ff, ff::baselines and ff::experiments).
include(CMakePackageConfigHelpers)
set(ff_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/ff")

# Installs a library and the headers of its folder, and adds it to an export set.
function(ff_install_library target folder name export)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS ${target} EXPORT ${export} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  target_include_directories(${target} PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/${folder}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
          FILES_MATCHING PATTERN "*.h")
endfunction()

ff_install_library(ff ff ff ff-targets)
install(EXPORT ff-targets NAMESPACE ff:: DESTINATION "${ff_package_dir}")
if(FF_BUILD_PROGRAM)
  ff_install_library(ff_baselines baselines baselines ff-experiments-targets)
  ff_install_library(ff_experiments experiments experiments ff-experiments-targets)
  install(EXPORT ff-experiments-targets NAMESPACE ff:: DESTINATION "${ff_package_dir}")
endif()

set(FF_PACKAGE_CUDA OFF)
if(FF_WITH_CUDA)
  set(FF_PACKAGE_CUDA ON)
endif()
configure_package_config_file(cmake/ff-config.cmake.in "${CMAKE_BINARY_DIR}/ff-config.cmake"
                              INSTALL_DESTINATION "${ff_package_dir}")
write_basic_package_version_file("${CMAKE_BINARY_DIR}/ff-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/ff-config.cmake" "${CMAKE_BINARY_DIR}/ff-config-version.cmake"
              "${CMAKE_SOURCE_DIR}/cmake/LibTorch.cmake"
        DESTINATION "${ff_package_dir}")

# Set explicitly, since CMake drops link directories inside the project, such as .venv.
set(FF_INSTALL_RPATH "${FF_TORCH_ROOT}/lib" CACHE STRING "Where the installed program finds LibTorch")
if(TARGET ff_cli)
  set_target_properties(ff_cli PROPERTIES INSTALL_RPATH "${FF_INSTALL_RPATH}")
  install(TARGETS ff_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
  # ff plot and ff report look for it beside bin/, whatever CMAKE_INSTALL_DATADIR is.
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/reference/forward_forward"
          DESTINATION "share/ff/python" COMPONENT program PATTERN "__pycache__" EXCLUDE)
endif()
