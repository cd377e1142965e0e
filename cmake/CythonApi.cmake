# cython_api: a small module that finds the core's table of C functions (elltwo/c_api.h) in _core and
# links nothing of it, so that a process holds the core once.
set(pyx ${PROJECT_SOURCE_DIR}/src/elltwo/cython_api.pyx)
set(generated ${PROJECT_BINARY_DIR}/cython/cython_api.cxx)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/cython)
add_custom_command(OUTPUT ${generated}
  COMMAND ${Python_EXECUTABLE} -m cython --cplus -3 --module-name elltwo.cython_api
          -X freethreading_compatible=True ${pyx} -o ${generated}
  DEPENDS ${pyx} ${PROJECT_SOURCE_DIR}/src/elltwo/cython_api.pxd
          ${PROJECT_SOURCE_DIR}/src/elltwo/_c_api.pxd
  VERBATIM)
python_add_library(cython_api MODULE WITH_SOABI ${generated})
target_include_directories(cython_api PRIVATE include)
install(TARGETS cython_api DESTINATION elltwo COMPONENT python)
install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/include/elltwo/c_api.h
  DESTINATION elltwo/include/elltwo COMPONENT python)
