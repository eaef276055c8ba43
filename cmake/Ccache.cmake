# Uses ccache if it is installed. The sloppiness settings are required for caching files that use a
# precompiled header; the base directory makes cache entries shareable between clones.
find_program(FF_CCACHE ccache DOC "ccache, or empty to do without")
mark_as_advanced(FF_CCACHE)
if(FF_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" "${FF_CCACHE}")
  set(CMAKE_CUDA_COMPILER_LAUNCHER "${CMAKE_CXX_COMPILER_LAUNCHER}")
endif()
