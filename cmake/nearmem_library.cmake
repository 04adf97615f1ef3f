# The target nearmem::nearmem. Modules add their sources and headers with nearmem_module().

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
include(GNUInstallDirs)
pkg_check_modules(hwloc REQUIRED QUIET IMPORTED_TARGET hwloc>=2.4)
pkg_check_modules(numa REQUIRED QUIET IMPORTED_TARGET numa)

add_library(nearmem)
add_library(nearmem::nearmem ALIAS nearmem)
target_compile_features(nearmem PUBLIC cxx_std_20)
# Before 1.0 a new minor version may break what was compiled against the one before.
set_target_properties(nearmem PROPERTIES
  CXX_EXTENSIONS OFF
  POSITION_INDEPENDENT_CODE ON
  VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  VERIFY_INTERFACE_HEADER_SETS ON)
target_link_libraries(nearmem PRIVATE PkgConfig::hwloc PkgConfig::numa Threads::Threads)

# fast, checked, hardened are 0, 1, 2 in accounting/contract.hpp.
set(nearmem_check_levels fast checked hardened)
list(FIND nearmem_check_levels "${NEARMEM_CHECKS}" nearmem_check_level)
if(nearmem_check_level EQUAL -1)
  message(FATAL_ERROR "NEARMEM_CHECKS is fast, checked or hardened, not '${NEARMEM_CHECKS}'")
endif()
target_compile_definitions(nearmem PUBLIC NEARMEM_CHECKS=${nearmem_check_level}
                           NEARMEM_INITIAL_EXEC=$<BOOL:${NEARMEM_INITIAL_EXEC}>)

# One include spelling, <nearmem/module/file.hpp>, in the tree as installed: a folder of links.
set(nearmem_include_dir "${PROJECT_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${nearmem_include_dir}/nearmem")
foreach(module IN ITEMS topology accounting alloc)
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${module}" "${nearmem_include_dir}/nearmem/${module}"
       SYMBOLIC)
endforeach()
file(CREATE_LINK "${PROJECT_SOURCE_DIR}/nearmem.hpp" "${nearmem_include_dir}/nearmem/nearmem.hpp"
     SYMBOLIC)
target_sources(nearmem PUBLIC FILE_SET HEADERS BASE_DIRS "${nearmem_include_dir}"
                              FILES "${nearmem_include_dir}/nearmem/nearmem.hpp")

# nearmem_module(HEADERS ... [PRIVATE_HEADERS ...] SOURCES ...): names relative to the module's
# folder. Headers that no header of HEADERS includes are private: they are not installed.
function(nearmem_module)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "HEADERS;PRIVATE_HEADERS;SOURCES")
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME module)
  list(TRANSFORM arg_HEADERS PREPEND "${nearmem_include_dir}/nearmem/${module}/")
  list(TRANSFORM arg_PRIVATE_HEADERS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  list(TRANSFORM arg_SOURCES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  target_sources(nearmem PRIVATE ${arg_SOURCES} ${arg_PRIVATE_HEADERS}
                 PUBLIC FILE_SET HEADERS BASE_DIRS "${nearmem_include_dir}" FILES ${arg_HEADERS})
endfunction()
