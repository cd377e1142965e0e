# Defines the target elltwo_blas: what the linear-algebra backend links against.
# openblas: the pinned build requirement scipy-openblas32, installed beside the module ($ORIGIN).
# system:   whatever FindBLAS and FindLAPACK find, with the plain Fortran symbol names.
add_library(elltwo_blas INTERFACE)

if(ELLTWO_BLAS STREQUAL "system")
  find_package(BLAS REQUIRED)
  find_package(LAPACK REQUIRED)
  target_link_libraries(elltwo_blas INTERFACE LAPACK::LAPACK BLAS::BLAS)
  target_compile_definitions(elltwo_blas INTERFACE ELLTWO_BLAS_SYSTEM=1)
elseif(ELLTWO_BLAS STREQUAL "openblas")
  find_package(Python 3.10 REQUIRED COMPONENTS Interpreter)
  execute_process(
    COMMAND "${Python_EXECUTABLE}" -c "import scipy_openblas32 as b; print(b.get_lib_dir())"
    OUTPUT_VARIABLE ELLTWO_OPENBLAS_DIR
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "ELLTWO_BLAS=openblas needs scipy-openblas32 in the environment of "
      "${Python_EXECUTABLE}: pip install --group cpp. Or use -DELLTWO_BLAS=system.")
  endif()
  file(TO_CMAKE_PATH "${ELLTWO_OPENBLAS_DIR}" ELLTWO_OPENBLAS_DIR)
  find_library(ELLTWO_OPENBLAS_LINK scipy_openblas PATHS "${ELLTWO_OPENBLAS_DIR}" NO_DEFAULT_PATH
               NO_CACHE REQUIRED)
  file(GLOB ELLTWO_OPENBLAS_RUNTIME "${ELLTWO_OPENBLAS_DIR}/*scipy_openblas*.so*"
       "${ELLTWO_OPENBLAS_DIR}/*scipy_openblas*.dylib" "${ELLTWO_OPENBLAS_DIR}/*scipy_openblas*.dll")
  file(GLOB ELLTWO_OPENBLAS_LICENSES
       "${ELLTWO_OPENBLAS_DIR}/../../scipy_openblas32-*.dist-info/licenses/*")
  target_link_libraries(elltwo_blas INTERFACE
    "$<BUILD_INTERFACE:${ELLTWO_OPENBLAS_LINK}>" $<INSTALL_INTERFACE:elltwo::openblas>)
else()
  message(FATAL_ERROR "ELLTWO_BLAS must be openblas or system, got ${ELLTWO_BLAS}")
endif()
