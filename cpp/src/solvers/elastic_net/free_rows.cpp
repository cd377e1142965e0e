#include "solvers/elastic_net/free_rows.hpp"

#include <cmath>

#include "linalg/lapack.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// Directions of an equilibrated matrix below this are dependent.
constexpr double dependence = 1e-12;

}  // namespace

FreeRows::FreeRows(const ScaledMoments& moments, std::vector<Index> z,
                   std::vector<Index> penalised, Monitor& monitor)
    : z_(std::move(z)), n_penalised_(static_cast<Index>(penalised.size())) {
  const Index m = size();
  if (m == 0) return;
  std::vector<double> a(static_cast<std::size_t>(m * m)), s(m), unit(m);
  for (Index i = 0; i < m; ++i) unit[i] = 1.0 / std::sqrt(moments.xx(z_[i], z_[i]));
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j < m; ++j) a[j * m + i] = moments.xx(z_[i], z_[j]) * unit[i] * unit[j];
  }
  static_cast<void>(lapack::syevd(m, a.data(), m, s.data(), monitor));
  inverse_.assign(a.size(), 0.0);
  for (Index k = 0; k < m; ++k) {
    if (!(s[k] > dependence * s[m - 1])) continue;
    for (Index j = 0; j < m; ++j) {
      const double factor = a[k * m + j] / s[k];
      for (Index i = 0; i < m; ++i) {
        inverse_[j * m + i] += unit[i] * a[k * m + i] * factor * unit[j];
      }
    }
  }
  cross_.resize(static_cast<std::size_t>(m * n_penalised_));
  for (Index k = 0; k < n_penalised_; ++k) {
    for (Index i = 0; i < m; ++i) cross_[k * m + i] = moments.xx(z_[i], penalised[k]);
  }
  solved_.resize(cross_.size());
  blas::gemm(blas::Op::none, blas::Op::none, m, n_penalised_, m, 1.0, inverse_.data(), m,
             cross_.data(), m, 0.0, solved_.data(), m);
}

std::vector<double> FreeRows::solve(const std::vector<double>& c, Index n) const {
  const Index m = size();
  std::vector<double> x(c.size());
  if (m == 0) return x;
  blas::gemm(blas::Op::none, blas::Op::none, n, m, m, 1.0, c.data(), n, inverse_.data(), m, 0.0,
             x.data(), n);
  return x;
}

double FreeRows::explained(Index i, Index j) const {
  const Index m = size();
  double sum = 0.0;
  for (Index k = 0; k < m; ++k) sum += cross_[i * m + k] * solved_[j * m + k];
  return sum;
}

void FreeRows::subtract(const std::vector<double>& values, Index n, double* rows) const {
  const Index m = size();
  if (m == 0) return;
  blas::gemm(blas::Op::none, blas::Op::none, n, n_penalised_, m, -1.0, values.data(), n,
             cross_.data(), m, 1.0, rows, n);
}

std::vector<double> FreeRows::products(const std::vector<Index>& places, const double* rows,
                                       Index n) const {
  const Index m = size();
  std::vector<double> sums(static_cast<std::size_t>(m * n), 0.0);
  for (std::size_t p = 0; p < places.size(); ++p) {
    const double* row = rows + static_cast<Index>(p) * n;
    for (Index k = 0; k < m; ++k) {
      const double factor = cross_[places[p] * m + k];
      for (Index t = 0; t < n; ++t) sums[k * n + t] += factor * row[t];
    }
  }
  return sums;
}

}  // namespace elltwo
