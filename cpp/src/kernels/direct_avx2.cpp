#include "kernels/direct_impl.hpp"

namespace elltwo::direct {

const Kernels kernels_avx2 = kernels_of<4>("avx2");

}  // namespace elltwo::direct
