# Flags of the files whose arithmetic depends on them, and the kernels of each instruction set: one
# small file per instruction set, all from the templates in src/kernels/*_impl.hpp.

# Error-free transformations: a contracted product would undo them.
set_source_files_properties(src/solvers/ridge/gradient_compensated.cpp src/gram/running_sums.cpp
  src/gram/running_sums_rows.cpp src/model/duality_gap.cpp
  src/solvers/active_set/sparse_columns.cpp src/solvers/logistic_l1/certificate.cpp
  src/solvers/logistic_l1/writer.cpp src/solvers/ridge_moments/measures.cpp
  src/solvers/elastic_net/gram_path.cpp src/solvers/elastic_net/gram_slots.cpp
  src/solvers/logistic_pass/dense.cpp src/solvers/logistic_pass/logistic_pass.cpp
  src/solvers/logistic_pass/point_terms.cpp src/solvers/logistic_pass/sparse.cpp
  src/solvers/logistic_pass/sums.cpp
  PROPERTIES COMPILE_OPTIONS -ffp-contract=off)

set(kernel_flags -ffp-contract=fast -fno-math-errno)
if(NOT ELLTWO_SANITIZE)  # at -O3 the sanitizers' checks quadruple the time of compiling
  list(PREPEND kernel_flags -O3)
endif()

# elltwo_kernels(LEVEL FLAG...): the kernels of one instruction set, compiled with its flags.
function(elltwo_kernels level)
  set(files src/kernels/direct_${level}.cpp src/kernels/kernel_${level}.cpp
    src/kernels/network_${level}.cpp src/kernels/window_${level}.cpp)
  target_sources(elltwo_core PRIVATE ${files})
  # Their flags differ from those that the precompiled header was made with.
  set_source_files_properties(${files} PROPERTIES
    COMPILE_OPTIONS "${kernel_flags};${ARGN}" SKIP_PRECOMPILE_HEADERS ON)
endfunction()

elltwo_kernels(baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  target_compile_definitions(elltwo_core PRIVATE ELLTWO_KERNELS_X86=1)
  elltwo_kernels(avx2 -mavx2 -mfma)
  set(avx512 -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma)
  check_cxx_compiler_flag(-mprefer-vector-width=512 ELLTWO_HAS_PREFER_512)
  if(ELLTWO_HAS_PREFER_512)
    list(APPEND avx512 -mprefer-vector-width=512)
  endif()
  elltwo_kernels(avx512 ${avx512})
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  target_compile_definitions(elltwo_core PRIVATE ELLTWO_KERNELS_ARM=1)
  elltwo_kernels(neon)
endif()
