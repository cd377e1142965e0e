#pragma once

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo::network {

/// Columns c_ab(i) = sum_t u_t(i, a) v_t(i, b) of products of the columns of two matrices, ordered
/// by a, then by b. Of the products of a matrix with itself, `upper` keeps those with b >= a.
template <Real T>
struct PairColumns {
  const T* u = nullptr;
  Index ld_u = 0;  ///< from one row to the next
  Index n_u = 0;
  const T* v = nullptr;
  Index ld_v = 0;
  Index n_v = 0;
  bool upper = false;
  Index n_terms = 1;
  Index next_u = 0;  ///< from one term to the next
  Index next_v = 0;

  Index size() const { return upper ? n_u * (n_u + 1) / 2 : n_u * n_v; }
};

/// Columns u(i, a) themselves.
template <Real T>
PairColumns<T> plain_columns(const T* u, Index ld, Index n) {
  static constexpr T one = 1;
  return {.u = &one, .ld_u = 0, .n_u = 1, .v = u, .ld_v = ld, .n_v = n};
}

/// The numbers from one row of the result of add_pair_products() to the next.
template <Real T>
Index pair_products_ld(const PairColumns<T>& right);

/// out[c * ld + d] += sum_i left_c(i) right_d(i) over n rows. Products of a block of rows are
/// summed in T, and added in double. Bits do not depend on n_threads. Throws Interrupted.
///
/// A Gauss-Newton matrix is made of such sums: the derivative of an output of row i by the weight
/// from input j to unit k is g_k(i) a_j(i), so that products of two of them are products of a pair
/// of g with a pair of a. Both pairs are symmetric within a layer, which takes half the
/// multiplications of a Gram matrix of the derivatives.
template <Real T>
void add_pair_products(Index n, const PairColumns<T>& left, const PairColumns<T>& right,
                       int n_threads, Monitor& monitor, double* out);

}  // namespace elltwo::network
