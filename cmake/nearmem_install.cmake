# Installing: headers, library, CMake package and pkg-config file.

include(CMakePackageConfigHelpers)

set(nearmem_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/nearmem")

install(TARGETS nearmem EXPORT nearmem-targets FILE_SET HEADERS)
install(EXPORT nearmem-targets NAMESPACE nearmem:: DESTINATION "${nearmem_package_dir}")

# Who links the static library also links what it is made of; the shared one brings that along.
get_target_property(nearmem_type nearmem TYPE)
if(nearmem_type STREQUAL "STATIC_LIBRARY")
  set(nearmem_static ON)
  set(nearmem_requires "Requires: hwloc numa")
else()
  set(nearmem_static OFF)
  set(nearmem_requires "Requires.private: hwloc numa")
endif()

configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/nearmem-config.cmake.in"
  "${PROJECT_BINARY_DIR}/nearmem-config.cmake"
  INSTALL_DESTINATION "${nearmem_package_dir}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/nearmem-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/nearmem-config.cmake"
              "${PROJECT_BINARY_DIR}/nearmem-config-version.cmake"
        DESTINATION "${nearmem_package_dir}")

# The prefix is told by where the file itself lies, so that a whole installation can be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
           BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig"
           OUTPUT_VARIABLE nearmem_prefix_from_pc)
set(nearmem_initial_exec 0)
if(NEARMEM_INITIAL_EXEC)
  set(nearmem_initial_exec 1)
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/nearmem.pc.in" "${PROJECT_BINARY_DIR}/nearmem.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/nearmem.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
