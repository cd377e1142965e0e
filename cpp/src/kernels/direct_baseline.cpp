#include "kernels/direct_impl.hpp"

namespace elltwo::direct {

const Kernels kernels_baseline = kernels_of<4>("baseline");

}  // namespace elltwo::direct
