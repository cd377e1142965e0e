#include <algorithm>

#include "parallel/interruption.hpp"
#include "solvers/ridge/mixed_precision.hpp"
#include "solvers/ridge/primal.hpp"

namespace elltwo {
namespace {

constexpr Index sample_rows_a_feature = 4;
constexpr Index sample_share = 10;       // a sample must be no more than this part of the rows
constexpr double sample_optimism = 0.2;  // few rows make a system look worse than it is

// Every k-th row.
template <Real T>
MatrixView<T> thinned(MatrixView<T> x, Index k) {
  x.rows /= k;
  x.row_stride *= k;
  return x;
}

}  // namespace

// Float products help well-conditioned systems only. Where the rows are many, a few of them tell what
// to expect; where they are not, a sample would cost too much.
template <Real T>
bool PrimalRidge<T>::sample_looks_good() {
  const Index every =
      problem_.n_samples() / (sample_rows_a_feature * std::max<Index>(problem_.n_features(), 1));
  if (every < sample_share) return true;
  const auto y = thinned(problem_.data().y, every);
  const MomentsInput<T> input{.x = thinned(problem_.data().x, every),
                              .y = y,
                              .scales = problem_.scales(),
                              .centred = problem_.centred()};
  const int n_threads = problem_.options().n_threads;
  const auto take = [&] {
    moments_ = compute_moments<T, float>(input, n_threads, problem_.monitor());
  };
  if (!completed(take)) return false;
  if (!moments_in_range<float>(true)) return false;
  double* g = moments_.gram.data();
  std::transform(g, g + moments_.gram.size(), g,
                 [=](double v) { return v * static_cast<double>(every); });
  const TargetGroup group = problem_.groups().front();
  auto system = normal_equations(group, active_features(group.alpha), 0.0);
  bool definite = false;
  const auto factor = [&] { definite = system.factor(n_threads, problem_.monitor()); };
  return completed(factor) && definite && system.rcond() >= sample_optimism * rcond_mixed;
}

// Whatever the float products could not settle begins anew with products in double.
template <Real T>
void PrimalRidge<T>::with_double_products(const TargetGroup& group, GroupFit& fit) {
  if (!prepare_exact<double>()) {
    fit.info.status = Status::interrupted;
    return;
  }
  fit.coef = prior_coef(group);
  by_cholesky(group, active_features(group.alpha), fit);
}

template bool PrimalRidge<double>::sample_looks_good();
template bool PrimalRidge<float>::sample_looks_good();
template void PrimalRidge<double>::with_double_products(const TargetGroup&, GroupFit&);
template void PrimalRidge<float>::with_double_products(const TargetGroup&, GroupFit&);

}  // namespace elltwo
