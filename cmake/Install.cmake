# find_package(elltwo) for C++ clients: `cmake --install BUILD --prefix PREFIX --component cpp`.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/elltwo)

set_target_properties(elltwo_core PROPERTIES EXPORT_NAME core)
set_target_properties(elltwo_blas PROPERTIES EXPORT_NAME blas)
install(TARGETS elltwo_core elltwo_blas EXPORT elltwo
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT cpp)
install(EXPORT elltwo NAMESPACE elltwo:: DESTINATION ${package_dir} COMPONENT cpp)
install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT cpp)

# The vendored library goes beside the archive.
foreach(library IN LISTS ELLTWO_OPENBLAS_RUNTIME)
  get_filename_component(ELLTWO_OPENBLAS_NAME ${library} NAME)
endforeach()
install(FILES ${ELLTWO_OPENBLAS_RUNTIME} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT cpp)
install(FILES ${ELLTWO_OPENBLAS_LICENSES}
  DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/elltwo/openblas COMPONENT cpp)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/elltwo-config.cmake.in
  ${PROJECT_BINARY_DIR}/elltwo-config.cmake INSTALL_DESTINATION ${package_dir}
  PATH_VARS CMAKE_INSTALL_LIBDIR)
# Until 1.0 a change of the second number may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/elltwo-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/elltwo-config.cmake
  ${PROJECT_BINARY_DIR}/elltwo-config-version.cmake DESTINATION ${package_dir} COMPONENT cpp)

# Whoever links objects that call the sanitizers' run time needs it too.
if(ELLTWO_SANITIZE)
  target_link_options(elltwo_core INTERFACE $<INSTALL_INTERFACE:-fsanitize=address$<COMMA>undefined>)
endif()
