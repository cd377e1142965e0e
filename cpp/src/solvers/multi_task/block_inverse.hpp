#pragma once

#include <vector>

#include "linalg/buffer.hpp"
#include "solvers/multi_task/row_face.hpp"

namespace elltwo {

/// The inverses of the diagonal blocks of a Newton system, rows in blocks of 64:
///   H_b = K_b (x) I - U_b D_b U_b',   K_b = G_b + diag(a2 + d),   d_j = a1 / |B_j|,
/// where U_b has the directions u_j = B_j / |B_j| along its diagonal. With N = K_b^-1 the formula of
/// Sherman, Morrison and Woodbury gives
///   H_b^-1 = N (x) I + (N (x) I) U_b S^-1 U_b' (N (x) I),   S_ij = delta_ij / d_i - N_ij u_i.u_j,
/// which takes two factors of 64 x 64 however many outputs there are. A block whose S is singular
/// to working precision, as of equal columns, has the inverses of its rows' own blocks instead.
template <class Real>
class BlockInverse {
 public:
  /// Of G[rows, rows] in the face's units; `gram` has the columns of the face at places.
  void factor(const RowFace& face, const Real* gram, Index ld, const std::vector<Index>& places);

  /// z = blockdiag(H_b)^-1 r; rows of both at the places given to factor().
  void apply(const RowFace& face, const Real* r, Real* z) const;

 private:
  static constexpr Index block = 64;

  struct Block {
    bool coupled = false;  // else the inverses of single rows
    Buffer<Real> n;
    Buffer<Real> s_inverse;
  };

  void apply_rows(const RowFace& face, Index first, Index end, const Real* r, Real* z) const;

  const std::vector<Index>* places_ = nullptr;
  std::vector<Block> blocks_;
};

}  // namespace elltwo
