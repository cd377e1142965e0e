#include "gram/packed_basis.hpp"

#include <algorithm>

#include "kernels/table.hpp"

namespace elltwo {
namespace {

constexpr Index block_rows = 256;    // so that a panel of z and a few of B fit the first caches
constexpr Index panels_at_once = 6;  // of B, which stay in the second cache for all panels of z

Source<double> columns_of(const double* data, Index rows, Index cols, Index ld) {
  return {.x = {data, rows, cols, 1, ld}};
}

}  // namespace

PackedBasis::PackedBasis(Index m, Index cols, const double* b, Index ldb)
    : m_(m),
      width_(kernels().width_f64),
      panels_((cols + width_ - 1) / width_),
      block_(std::clamp<Index>(m, 1, block_rows)) {
  const Index blocks = (m + block_ - 1) / block_;
  packed_ = Buffer<double>(std::max<Index>(1, blocks * block_size()));
  const auto source = columns_of(b, m, cols, ldb);
  for (Index k = 0; k < blocks; ++k) {
    const Index first = k * block_;
    kernels().pack_f64(source, first, std::min(block_, m - first), 0, panels_,
                       packed_.data() + k * block_size(), stride());
  }
}

void PackedBasis::products(Index n, const double* z, Index ldz, double* out, Index ld_out) const {
  for (Index i = 0; i < n; ++i) std::fill_n(out + i * ld_out, padded(), 0.0);
  const Index z_panels = (n + width_ - 1) / width_;
  Buffer<double> packed_z(std::max<Index>(1, z_panels * stride()));
  const auto source = columns_of(z, m_, n, ldz);
  Ahead nothing;
  for (Index first = 0; first < m_; first += block_) {
    const Index rows = std::min(block_, m_ - first);
    kernels().pack_f64(source, first, rows, 0, z_panels, packed_z.data(), stride());
    const double* b = packed_.data() + first / block_ * block_size();
    for (Index j = 0; j < panels_; j += panels_at_once) {
      for (Index i = 0; i < z_panels; ++i) {
        kernels().tiles_f64(rows, packed_z.data() + i * stride(), std::min(width_, n - i * width_),
                            b + j * stride(), std::min(panels_at_once, panels_ - j), stride(),
                            out + i * width_ * ld_out + j * width_, ld_out, nothing);
      }
    }
  }
}

}  // namespace elltwo
