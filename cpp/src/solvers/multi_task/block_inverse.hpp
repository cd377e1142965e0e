#pragma once

#include <vector>

#include "linalg/buffer.hpp"
#include "solvers/multi_task/row_face.hpp"

namespace elltwo {

/// The inverses of the diagonal blocks of a Newton system, rows in blocks of 64:
///   H_b = K_b (x) I - U_b D_b U_b',   K_b = G_b + diag(a2 + d),   d_j = a1 / |B_j|,
/// where U_b has the directions u_j = B_j / |B_j| along its diagonal. With N = K_b^-1 the formula
/// of Sherman, Morrison and Woodbury gives
///   H_b^-1 = N (x) I + (N (x) I) U_b S^-1 U_b' (N (x) I),   S_ij = delta_ij / d_i - N_ij u_i.u_j,
/// which takes two factors of 64 x 64 however many outputs there are. A block whose S is singular
/// to working precision, as of equal columns, has the inverses of its rows' own blocks instead.
template <class Real>
class BlockInverse {
 public:
  /// A symmetric matrix and the distance between its columns.
  struct Matrix {
    const Real* values;
    Index ld;
  };

  /// Of a matrix that has G of the face, in the face's units, at these places.
  void factor(const RowFace& face, Matrix gram, const std::vector<Index>& places, int n_threads);

  /// z = blockdiag(H_b)^-1 r; rows of both at the places given to factor().
  void apply(const RowFace& face, const Real* r, int n_threads, Real* z) const;

 private:
  static constexpr Index block = 64;

  struct Block {
    bool coupled = false;  // else the inverses of single rows
    Buffer<Real> n;
    Buffer<Real> s_inverse;
  };

  Block inverse_of(const RowFace& face, Matrix gram, Index first, Index m) const;
  void apply_block(const RowFace& face, Index k, const Real* r, Real* z) const;
  void apply_rows(const RowFace& face, Index first, Index end, const Real* r, Real* z) const;

  const std::vector<Index>* places_ = nullptr;
  std::vector<Block> blocks_;
};

}  // namespace elltwo
