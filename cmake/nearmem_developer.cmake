# What the command, the tests and the benchmarks need beyond the library.

set(CMAKE_CXX_EXTENSIONS OFF)

# g++ 12 sees copies of 2^63 bytes in std::string's own code (GCC bug 105329).
add_compile_options(
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

if(NEARMEM_COMMAND)
  find_package(fmt REQUIRED)
  find_package(nlohmann_json REQUIRED)
  find_package(CLI11 REQUIRED)
  find_package(OpenSSL REQUIRED COMPONENTS Crypto)
  find_package(Boost 1.74 REQUIRED)
  find_package(tomlplusplus REQUIRED)
  # Debian's package of LevelDB wants the headers of what the library was linked with.
  find_library(LEVELDB_LIBRARY leveldb REQUIRED)
  find_path(LEVELDB_INCLUDE_DIR leveldb/db.h REQUIRED)
  if(NOT TARGET leveldb)
    add_library(leveldb UNKNOWN IMPORTED)
    set_target_properties(leveldb PROPERTIES
      IMPORTED_LOCATION "${LEVELDB_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${LEVELDB_INCLUDE_DIR}")
  endif()
  find_package(civetweb REQUIRED)
  find_package(prometheus-cpp REQUIRED)
endif()

if(NEARMEM_BENCHMARKS)
  find_package(benchmark QUIET)
  if(NOT benchmark_FOUND)
    message(STATUS "Google Benchmark is not here: no benchmarks")
  endif()
endif()

if(NEARMEM_TESTS)
  find_package(GTest REQUIRED)
  find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
  find_path(RAPIDCHECK_INCLUDE_DIR rapidcheck.h REQUIRED)
  if(NOT TARGET rapidcheck)
    add_library(rapidcheck UNKNOWN IMPORTED)
    set_target_properties(rapidcheck PROPERTIES
      IMPORTED_LOCATION "${RAPIDCHECK_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${RAPIDCHECK_INCLUDE_DIR}")
  endif()
  include(GoogleTest)
endif()

# nearmem_test(NAME target SOURCES file... [LIBRARIES target...] [SLOW pattern...])
#
# One binary a module, one ctest entry a test; RapidCheck is linked to all. Tests that match a
# pattern of GoogleTest's (`suite.test`, with * and ?) are labelled slow: the dev test preset leaves
# them out. The limits are for a loaded machine under a sanitizer, not for how long a test may take.
function(nearmem_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LIBRARIES;SLOW")
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME} PRIVATE nearmem::nearmem GTest::gmock GTest::gtest_main
                                            rapidcheck ${arg_LIBRARIES})
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")
  set(discovery DISCOVERY_TIMEOUT 600 NO_PRETTY_VALUES)
  set(properties TIMEOUT 600)
  if(arg_SLOW)
    list(JOIN arg_SLOW ":" slow)
    gtest_discover_tests(${arg_NAME} ${discovery} TEST_FILTER "${slow}" TEST_LIST ${arg_NAME}_slow
                         PROPERTIES ${properties} LABELS slow)
    gtest_discover_tests(${arg_NAME} ${discovery} TEST_FILTER "-${slow}" PROPERTIES ${properties})
  else()
    gtest_discover_tests(${arg_NAME} ${discovery} PROPERTIES ${properties})
  endif()
endfunction()
