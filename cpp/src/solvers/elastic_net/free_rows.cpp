#include "solvers/elastic_net/free_rows.hpp"

#include <cmath>

#include "linalg/lapack.hpp"
#include "solvers/multi_task/row_slots.hpp"

namespace elltwo {
namespace {

// Directions of an equilibrated matrix below this are dependent.
constexpr double dependence = 1e-12;

}  // namespace

FreeRows::FreeRows(Index m, const std::vector<double>& gram, Monitor& monitor) : m_(m) {
  if (m == 0) return;
  auto a = gram;
  std::vector<double> s(m), unit(m);
  for (Index i = 0; i < m; ++i) unit[i] = 1.0 / std::sqrt(gram[i * m + i]);
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j < m; ++j) a[j * m + i] *= unit[i] * unit[j];
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
}

void FreeRows::append(const std::vector<double>& cross) {
  if (m_ == 0 || cross.empty()) return;
  const auto before = solved_.size();
  cross_.insert(cross_.end(), cross.begin(), cross.end());
  solved_.resize(cross_.size());
  blas::gemm(blas::Op::none, blas::Op::none, m_, static_cast<Index>(cross.size()) / m_, m_, 1.0,
             inverse_.data(), m_, cross.data(), m_, 0.0, solved_.data() + before, m_);
}

void FreeRows::keep(const std::vector<Index>& places) {
  if (m_ == 0) return;
  keep_rows(places, m_, cross_);
  keep_rows(places, m_, solved_);
}

std::vector<double> FreeRows::solve(const std::vector<double>& c, Index n) const {
  std::vector<double> x(c.size());
  if (m_ == 0) return x;
  blas::gemm(blas::Op::none, blas::Op::none, n, m_, m_, 1.0, c.data(), n, inverse_.data(), m_, 0.0,
             x.data(), n);
  return x;
}

double FreeRows::explained(Index i, Index j) const {
  double sum = 0.0;
  for (Index k = 0; k < m_; ++k) sum += cross_[i * m_ + k] * solved_[j * m_ + k];
  return sum;
}

void FreeRows::subtract_explained(double* gram, Index ld, Monitor& monitor) const {
  const Index count = n_penalised();
  if (count == 0) return;
  blas::gemm(blas::Op::transpose, blas::Op::none, count, count, m_, -1.0, cross_.data(), m_,
             solved_.data(), m_, 1.0, gram, ld, monitor);
}

void FreeRows::subtract(Index first, const std::vector<double>& values, Index n,
                        double* rows) const {
  if (m_ == 0 || first == n_penalised()) return;
  blas::gemm(blas::Op::none, blas::Op::none, n, n_penalised() - first, m_, -1.0, values.data(), n,
             cross_.data() + first * m_, m_, 1.0, rows, n);
}

std::vector<double> FreeRows::minimum(const std::vector<double>& c, const std::vector<double>& b,
                                      Index n) const {
  if (m_ == 0) return {};
  auto rest = c;
  if (!b.empty()) {
    blas::gemm(blas::Op::none, blas::Op::transpose, n, m_, n_penalised(), -1.0, b.data(), n,
               cross_.data(), m_, 1.0, rest.data(), n);
  }
  return solve(rest, n);
}

}  // namespace elltwo
