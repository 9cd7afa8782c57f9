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

set(grucc_programs ${CMAKE_INSTALL_BINDIR})
configure_package_config_file(cmake/gruccConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/installed/gruccConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS grucc_programs)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/gruccConfigVersion.cmake
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT) # models are for other systems, too; grucc_add_model looks at the project's
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/installed/gruccConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/gruccConfigVersion.cmake
  ${CMAKE_CURRENT_SOURCE_DIR}/cmake/GruccAddModel.cmake
  DESTINATION ${package} COMPONENT runtime)

# The same package without an installation: grucc_DIR, or CMAKE_PREFIX_PATH, is the build directory.
set(grucc_programs ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
configure_package_config_file(cmake/gruccConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/gruccConfig.cmake
  INSTALL_DESTINATION ${CMAKE_CURRENT_BINARY_DIR} PATH_VARS grucc_programs)
configure_file(cmake/GruccAddModel.cmake ${CMAKE_CURRENT_BINARY_DIR}/GruccAddModel.cmake COPYONLY)
export(EXPORT gruccTargets NAMESPACE grucc:: FILE ${CMAKE_CURRENT_BINARY_DIR}/gruccTargets.cmake)
foreach(file gruccConfig gruccConfigVersion)
  file(WRITE ${CMAKE_BINARY_DIR}/${file}.cmake "include(${CMAKE_CURRENT_BINARY_DIR}/${file}.cmake)\n")
endforeach()
