# Test: installs BUILD into an empty folder, builds two projects against it and runs them. library/ uses
# ff::ff; program/ builds an extended program from ff::experiments.
# In: BUILD, SOURCE, WORK, GENERATOR, COMPILER, LAUNCHER.
function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE rc)
  if(NOT rc EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}")
  endif()
endfunction()

function(build project)
  step("${CMAKE_COMMAND}" -S "${SOURCE}/${project}" -B "${WORK}/${project}" -G "${GENERATOR}"
       -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG"
       "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}"
       "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
  step("${CMAKE_COMMAND}" --build "${WORK}/${project}")
endfunction()

# Checks that a command fails with this exit status and prints this text.
function(refused status text)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE rc OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(FIND "${said}" "${text}" found)
  if(NOT rc EQUAL status OR found EQUAL -1)
    message(FATAL_ERROR "wanted status ${status} and '${text}', got ${rc} and '${said}': ${ARGN}")
  endif()
endfunction()

# Checks that the mean test accuracy of the runs under `folder` is at least `least`.
function(accurate program folder least)
  execute_process(COMMAND "${program}" table "${folder}" --format json
                  RESULT_VARIABLE rc OUTPUT_VARIABLE table)
  if(NOT rc EQUAL 0)
    message(FATAL_ERROR "no table of ${folder}")
  endif()
  string(JSON accuracy GET "${table}" 0 test_accuracy mean)
  if(accuracy LESS least)
    message(FATAL_ERROR "${folder}: test accuracy ${accuracy}, wanted ${least}")
  endif()
  message(STATUS "${folder}: test accuracy ${accuracy}")
endfunction()

file(REMOVE_RECURSE "${WORK}")
step("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/prefix")
build(library)
step("${WORK}/library/consumer")
if(NOT EXISTS "${WORK}/prefix/bin/ff")
  return()
endif()
step("${WORK}/prefix/bin/ff" --version)

build(program)
set(mine "${WORK}/program/mine")
set(run "${mine}" run --device cpu --threads 1 --quiet)
set(by_ff "${SOURCE}/program/ff.json")
set(by_rule "${SOURCE}/program/rule.json")
step(${run} "${by_ff}" --out "${WORK}/runs/ff")
step(${run} "${by_rule}" --out "${WORK}/runs/rule")
step(${run} "${SOURCE}/program/objective.json" --out "${WORK}/runs/objective")
accurate("${mine}" "${WORK}/runs/ff" 0.6)    # chance: 0.25
accurate("${mine}" "${WORK}/runs/objective" 0.6)
accurate("${mine}" "${WORK}/runs/rule" 0.9)  # chance: 0.125

# Checkpoints include the state of the layer and the rule: a resumed run is bit-identical.
refused(130 "" "${CMAKE_COMMAND}" -E env FF_TEST_STOP_AFTER_STEPS=23
        ${run} "${by_rule}" --out "${WORK}/runs/stopped")
step(${run} "${by_rule}" --out "${WORK}/runs/stopped" --resume)
step("${mine}" compare "${WORK}/runs/rule/mine_rule/seed-0" "${WORK}/runs/stopped/mine_rule/seed-0")

refused(1 "model.layers[1].slope: 2 is not allowed; allowed: a number at least 0 and at most 1"
        ${run} "${by_ff}" --dry-run --set
        "model.layers=[{\"type\":\"scaled\",\"units\":64},{\"type\":\"leaky-abs\",\"slope\":2}]")
refused(1 "model.layers[0].units: missing; allowed: a whole number at least 1"
        ${run} "${by_ff}" --dry-run --set "model.layers=[{\"type\":\"scaled\"}]")
refused(1 "rule.beta: 1 is not allowed; allowed: a number at least 0 and below 1"
        ${run} "${by_rule}" --dry-run --set rule.beta=1)
refused(1 "rule.gamma: unknown key; allowed: beta"
        ${run} "${by_rule}" --dry-run --set rule.gamma=1)
refused(1 "scaled is not supported by model.type fa" ${run} "${by_rule}" --dry-run --set model.type=fa
        --set rule=)
refused(1 "allowed: mean-square, sum-square, peak" ${run} "${by_ff}" --dry-run
        --set model.goodness=peek)
