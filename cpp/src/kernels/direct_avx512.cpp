#include "kernels/direct_impl.hpp"

namespace elltwo::direct {

const Kernels kernels_avx512 = kernels_of<8>("avx512");

}  // namespace elltwo::direct
