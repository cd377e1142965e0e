#include "solvers/ridge_path/dual_basis.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/lapack.hpp"
#include "parallel/interruption.hpp"
#include "parallel/row_blocks.hpp"

namespace elltwo {
namespace {

using blas::Op;

template <Real T>
class DualBasis {
 public:
  DualBasis(const DualSystem<T>& system, const DualSpectrum& spectrum)
      : system_(system), problem_(system.problem()), spectrum_(spectrum) {}

  /// B = F^-1 Z^T U / sqrt(s), the penalised directions.
  void write_penalised(double* out) const;

  /// The rows of the free features: their own directions, and minus what they explain of the
  /// others.
  void write_free(double* out) const;

 private:
  Index n() const { return problem_.n_samples(); }
  Index p() const { return problem_.n_features(); }
  Index rank() const { return spectrum_.free.rank_of_features(); }
  Index kept() const { return static_cast<Index>(spectrum_.s.size()); }
  Buffer<double> eigenvectors() const;
  void weighted_features(Index first, Index count, double* z) const;

  const DualSystem<T>& system_;
  const Problem<T>& problem_;
  const DualSpectrum& spectrum_;
};

// sqrt(w) (x - shift) of some features (rows x features); what the shift leaves of the mean is
// orthogonal to every direction.
template <Real T>
void DualBasis<T>::weighted_features(Index first, Index count, double* z) const {
  const auto& features = system_.features();
  for (Index c = 0; c < count; ++c) {
    const Index j = first + c;
    const double shift = features.shift(spectrum_.roles, j);
    double* column = z + c * n();
    features.copy(j, column);
    for (Index i = 0; i < n(); ++i) column[i] = features.root_weight(i) * (column[i] - shift);
  }
}

// The eigenvectors of the projected kernel, in the order of s; n x directions.
template <Real T>
Buffer<double> DualBasis<T>::eigenvectors() const {
  const Index n = this->n();
  double unused = 0.0;
  auto v = system_.projected_kernel(spectrum_.roles, spectrum_.free, false, unused);
  Buffer<double> s(n), u(std::max<Index>(1, n * kept()));
  lapack::syevd(n, v.data(), n, s.data(), problem_.monitor());
  for (Index k = 0; k < kept(); ++k) std::copy_n(v.data() + (n - 1 - k) * n, n, u.data() + k * n);
  return u;
}

template <Real T>
void DualBasis<T>::write_penalised(double* out) const {
  const Index n = this->n(), p = this->p(), kept = this->kept(), rank = this->rank();
  const Index all = rank + kept;
  const auto& roles = spectrum_.roles;
  const bool diagonal = spectrum_.solver == Solver::svd;
  const Buffer<double> own = diagonal ? Buffer<double>() : eigenvectors();
  const double* u = diagonal ? spectrum_.u.data() : own.data();
  const auto block = [&](Index, Index first, Index count) {
    Buffer<double> z(n * count);
    weighted_features(first, count, z.data());
    blas::gemm(Op::transpose, Op::none, kept, count, n, 1.0, u, n, z.data(), n, 0.0,
               out + first * all + rank, all);
    for (Index j = first; j < first + count; ++j) {
      const double inverse = roles.inverse_factor[j];
      for (Index k = 0; k < kept; ++k) {
        out[j * all + rank + k] *= inverse / std::sqrt(spectrum_.s[k]);
      }
    }
  };
  if (roles.penalised_intercept) {
    for (Index k = 0; k < kept; ++k) {
      double sum = 0.0;
      for (Index i = 0; i < n; ++i) sum += system_.features().root_weight(i) * u[k * n + i];
      out[p * all + rank + k] =
          problem_.intercept_inverse_factor() * sum / std::sqrt(spectrum_.s[k]);
    }
  }
  const double work = 2.0 * static_cast<double>(n) * static_cast<double>(p * kept);
  over_row_blocks(p, work, problem_.options().n_threads, problem_.monitor(), block);
}

template <Real T>
void DualBasis<T>::write_free(double* out) const {
  const Index n = this->n(), p = this->p(), kept = this->kept(), rank = this->rank();
  const Index all = rank + kept;
  const auto& roles = spectrum_.roles;
  std::vector<double> beta(roles.free.size());
  const auto write = [&](Index k, double sign) {
    for (std::size_t c = 0; c < beta.size(); ++c) out[roles.free[c] * all + k] = sign * beta[c];
  };
  auto fitted = Buffer<double>::zeros(std::max<Index>(1, n * kept));
  constexpr Index block = 64;
  Buffer<double> z(n * block);
  for (Index first = 0; kept > 0 && first < p; first += block) {
    const Index count = std::min(block, p - first);
    weighted_features(first, count, z.data());
    blas::gemm(Op::none, Op::transpose, n, kept, count, 1.0, z.data(), n, out + first * all + rank,
               all, 1.0, fitted.data(), n);
    check(problem_.monitor());
  }
  for (Index k = 0; k < kept; ++k) {
    double* column = fitted.data() + k * n;
    for (Index i = 0; i < n; ++i) {
      column[i] += system_.features().root_weight(i) * out[p * all + rank + k];
    }
    spectrum_.free.fit_features(column, beta.data());
    write(rank + k, -1.0);
  }
  for (Index k = 0; k < rank; ++k) {
    spectrum_.free.direction(k, beta.data());
    const double root = std::sqrt(problem_.weight_scale());
    for (double& value : beta) value *= root;
    write(k, 1.0);
  }
}

}  // namespace

template <Real T>
void dual_basis(const DualSystem<T>& system, const DualSpectrum& spectrum, double* out) {
  const DualBasis<T> basis(system, spectrum);
  if (!spectrum.s.empty()) basis.write_penalised(out);
  if (!spectrum.roles.free.empty()) basis.write_free(out);
}

template void dual_basis<double>(const DualSystem<double>&, const DualSpectrum&, double*);
template void dual_basis<float>(const DualSystem<float>&, const DualSpectrum&, double*);

}  // namespace elltwo
