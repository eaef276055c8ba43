# Runs at every build: generates OUT from build_info.cpp.in, without touching an unchanged file.
# In: SOURCE, OUT, FF_VERSION, FF_COMPILER, FF_BUILD_TYPE, FF_CUDA_BOOL.
set(FF_COMMIT "unknown")
set(FF_DIRTY "false")
find_program(git git)
if(git AND EXISTS "${SOURCE}/.git")
  execute_process(COMMAND "${git}" -C "${SOURCE}" rev-parse HEAD
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE rc)
  if(rc EQUAL 0)
    set(FF_COMMIT "${commit}")
    execute_process(COMMAND "${git}" -C "${SOURCE}" status --porcelain --untracked-files=no
                    OUTPUT_VARIABLE changes ERROR_QUIET)
    if(NOT changes STREQUAL "")
      set(FF_DIRTY "true")
    endif()
  endif()
elseif(DEFINED ENV{FF_COMMIT} AND NOT "$ENV{FF_COMMIT}" STREQUAL "")
  set(FF_COMMIT "$ENV{FF_COMMIT}")  # a build from a source archive, for example in a container
endif()
configure_file("${SOURCE}/cmake/build_info.cpp.in" "${OUT}" @ONLY)
