#include "solvers/ridge_path/row_products.hpp"

#include <algorithm>

namespace elltwo {
namespace {

constexpr double entry_costs = 8.0;  // of a matrix product's operation

}  // namespace

template <Real T>
RowProducts<T>::RowProducts(const PathDesign<T>& design, const double* b, Index cols)
    : design_(design), cols_(cols) {
  const auto* x = design.problem().sparse();
  const Index m = design.size();
  if (x != nullptr) {
    entries_per_row_ = static_cast<double>(x->nonzeros()) / static_cast<double>(x->rows);
    by_entries_ = entry_costs * entries_per_row_ < static_cast<double>(m);
  }
  if (!by_entries_) {
    packed_ = PackedBasis(m, cols, b, m);
    return;
  }
  lines_ = Buffer<double>(m * cols);
  of_zeros_ = Buffer<double>::zeros(cols);
  for (Index c = 0; c < cols; ++c) {
    for (Index a = 0; a < m; ++a) {
      lines_[a * cols + c] = b[c * m + a];
      of_zeros_[c] += design.of_zeros(a) * b[c * m + a];
    }
  }
}

template <Real T>
double RowProducts<T>::operations_per_row() const {
  const double used =
      by_entries_ ? entry_costs * entries_per_row_ : static_cast<double>(design_.size());
  return (used + 1.0) * static_cast<double>(cols_);
}

template <Real T>
void RowProducts<T>::operator()(Index k0, Index rows, double* out, double* targets) const {
  if (by_entries_) by_entries(k0, rows, out, targets);
  else by_dense_rows(k0, rows, out, targets);
}

template <Real T>
void RowProducts<T>::by_entries(Index k0, Index rows, double* out, double* targets) const {
  const auto& x = *design_.problem().sparse();
  const Index n_targets = design_.problem().n_targets();
  for (Index k = 0; k < rows; ++k) {
    double* to = out + k * cols_;
    std::copy_n(of_zeros_.data(), cols_, to);
    for (Index e = x.start[k0 + k]; e < x.start[k0 + k + 1]; ++e) {
      const auto entry = design_.entry_of(x.column[e]);
      if (entry.column < 0) continue;
      const double value = entry.weight * static_cast<double>(x.value[e]);
      const double* line = lines_.data() + entry.column * cols_;
      for (Index c = 0; c < cols_; ++c) to[c] += value * line[c];
    }
    for (Index t = 0; t < n_targets; ++t) targets[k * n_targets + t] = design_.target(k0 + k, t);
  }
}

template <Real T>
void RowProducts<T>::by_dense_rows(Index k0, Index rows, double* out, double* targets) const {
  const Index m = design_.size(), n_targets = design_.problem().n_targets(), ld = m + n_targets;
  Buffer<double> z(rows * ld);
  for (Index k = 0; k < rows; ++k) {
    design_.fill_row(k0 + k, z.data() + k * ld);
    std::copy_n(z.data() + k * ld + m, n_targets, targets + k * n_targets);
  }
  packed_.products(rows, z.data(), ld, out, stride());
}

template class RowProducts<double>;
template class RowProducts<float>;

}  // namespace elltwo
