# Shared build rules: one function per kind of target, so that a folder's CMakeLists.txt says only what it is made of.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of g++ 12 inside the standard library at -O2.
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-maybe-uninitialized -Wno-array-bounds)
  # What stands in an anonymous namespace is taken for a header's when sources are compiled together.
  add_compile_options(-Wno-subobject-linkage)
endif()
# Every processor made for a server or a desk since 2009: counting bits is one instruction.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_compile_options(-march=x86-64-v2)
endif()

if(LANTAI_SANITIZE)
  add_compile_options(-fsanitize=${LANTAI_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${LANTAI_SANITIZE})
endif()
if(LANTAI_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# ccache has to be told that a precompiled header changes only when what it was made of does, and that where the tree
# lies makes no difference: then each copy of it on a machine is compiled once.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# lantai_library(name SOURCES a.cc … PUBLIC libs… PRIVATE libs… [PRECOMPILED owner])
# A static library `lantai_<name>`; include/ is what others see, src/ is its own. PRECOMPILED: it reads the large headers
# that `owner` precompiles, which saves half of the time of a build.
function(lantai_library name)
  cmake_parse_arguments(ARG "" "PRECOMPILED" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(lantai_${name} STATIC ${ARG_SOURCES})
  target_include_directories(lantai_${name} PUBLIC include PRIVATE src)
  target_link_libraries(lantai_${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  if(ARG_PRECOMPILED)
    target_precompile_headers(lantai_${name} REUSE_FROM ${ARG_PRECOMPILED})
  endif()
endfunction()

set(LANTAI_LARGE_HEADERS <algorithm> <chrono> <filesystem> <functional> <map> <memory> <optional> <string> <vector> <fmt/format.h>)

# lantai_test(name SOURCES a.cc … LIBS libs…): a Boost.Test program `test_<name>` and its CTest entry. What it tests is
# compiled as it is shipped; the test itself with less optimisation, which saves a quarter of the build.
function(lantai_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES})
  target_compile_definitions(test_${name} PRIVATE BOOST_TEST_DYN_LINK)
  target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(test_${name} PRIVATE ${ARG_LIBS} lantai_test_places boost_unit_test_framework Threads::Threads)
  set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(name STREQUAL "base")
    target_precompile_headers(test_base PRIVATE <boost/test/test_tools.hpp> <nlohmann/json.hpp> ${LANTAI_LARGE_HEADERS})
  else()
    target_precompile_headers(test_${name} REUSE_FROM test_base)
  endif()
  # Boost.Test makes main() when it is first read, and only where the module has a name.
  foreach(source ${ARG_SOURCES})
    file(STRINGS ${source} names_module REGEX "define BOOST_TEST_MODULE")
    if(names_module)
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
  add_test(NAME ${name} COMMAND test_${name})
endfunction()

# lantai_benchmark(name SOURCES a.cc … LIBS libs…): a program `bench_<name>` that prints JSON.
function(lantai_benchmark name)
  if(NOT LANTAI_BENCHMARKS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(bench_${name} ${ARG_SOURCES})
  target_include_directories(bench_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(bench_${name} PRIVATE ${ARG_LIBS} Threads::Threads)
  set_target_properties(bench_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
  lantai_allocator(bench_${name})
endfunction()

# Many threads hand small pieces to one another: the C library's allocator keeps twice as much of them and is slower
# (ADR 0006). The sanitizers bring their own.
function(lantai_allocator target)
  if(LANTAI_SANITIZE)
    return()
  endif()
  pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
  target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tools/lantai/allocator.cc)
  target_link_libraries(${target} PRIVATE PkgConfig::JEMALLOC)
  target_link_options(${target} PRIVATE -Wl,--no-as-needed)
endfunction()

# lantai_fuzz(name SOURCE f.cc LIBS libs…): under the fuzz preset a libFuzzer program `fuzz_<name>`; otherwise a test
# `fuzz_<name>_replay` that runs the same entry point over tests/fuzz/corpus/<name>.
function(lantai_fuzz name)
  cmake_parse_arguments(ARG "" "SOURCE" "LIBS" ${ARGN})
  if(LANTAI_FUZZ)
    add_executable(fuzz_${name} ${ARG_SOURCE})
    target_link_libraries(fuzz_${name} PRIVATE ${ARG_LIBS} -fsanitize=fuzzer)
    set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  else()
    lantai_test(fuzz_${name}_replay SOURCES ${ARG_SOURCE} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cc LIBS ${ARG_LIBS})
    target_compile_definitions(test_fuzz_${name}_replay PRIVATE LANTAI_FUZZ_NAME="${name}")
  endif()
endfunction()
