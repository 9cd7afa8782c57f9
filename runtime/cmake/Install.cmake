# cmake --install: headers, both runtimes and the CMake package. The programs
# install themselves where they are built.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/grucc)
install(TARGETS grucc_headers grucc_runtime grucc_runtime_shared EXPORT gruccTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime)
install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include/grucc DESTINATION include COMPONENT runtime)
install(EXPORT gruccTargets NAMESPACE grucc:: DESTINATION ${package} COMPONENT runtime)

configure_package_config_file(cmake/gruccConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/gruccConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/gruccConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/gruccConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/gruccConfigVersion.cmake
  ${CMAKE_CURRENT_SOURCE_DIR}/cmake/GruccAddModel.cmake
  DESTINATION ${package} COMPONENT runtime)
