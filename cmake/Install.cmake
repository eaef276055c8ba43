# cmake --install: the library with its headers and package config (target ff::ff), and the program.
include(CMakePackageConfigHelpers)
set(ff_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/ff")

install(TARGETS ff EXPORT ff-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
target_include_directories(ff PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(DIRECTORY "${CMAKE_SOURCE_DIR}/ff" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h" PATTERN "*.cuh")
install(EXPORT ff-targets NAMESPACE ff:: DESTINATION "${ff_package_dir}")

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

# Named here, as CMake leaves out link folders that lie inside the project, and .venv does.
set(FF_INSTALL_RPATH "${FF_TORCH_ROOT}/lib" CACHE STRING "Where the installed program finds LibTorch")
if(TARGET ff_cli)
  set_target_properties(ff_cli PROPERTIES INSTALL_RPATH "${FF_INSTALL_RPATH}")
  install(TARGETS ff_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
endif()
