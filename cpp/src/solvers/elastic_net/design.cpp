#include "solvers/elastic_net/design.hpp"

#include <algorithm>
#include <cmath>

#include "gram/columns.hpp"
#include "parallel/row_blocks.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/elastic_net/column_spreads.hpp"
#include "solvers/ridge/validate.hpp"
#include "sparse/pass.hpp"

namespace elltwo {

template <Real T>
NetDesign<T>::NetDesign(Problem<T>& problem) : problem_(problem) {
  const Index n = problem.n_samples();
  for (Index i = 0; problem.sqrt_weight() != nullptr && i < n; ++i) {
    weight_.push_back(problem.weight(i));
  }
  if (measure()) return;
  throw_if_not_finite(problem.data(), problem.monitor());
  problem.scale_columns();
  measure();
}

template <Real T>
NetDesign<T>::NetDesign(Problem<T>& problem, SparseRows<T> rows) : problem_(problem) {
  sparse_.emplace(problem, std::move(rows));
}

template <Real T>
std::span<const double> NetDesign<T>::scale() const {
  if (sparse_) return {};
  return problem_.scales().x;
}

template <Real T>
std::span<const double> NetDesign<T>::weight() const {
  if (!sparse_) return weight_;
  return {sparse_->weight.data(), static_cast<std::size_t>(sparse_->weight.size())};
}

template <Real T>
std::vector<char> NetDesign<T>::pinned() const {
  std::vector<char> fixed;
  for (const double square : spread()) fixed.push_back(square > 0.0 ? 0 : 1);
  return fixed;
}

// False where squares leave the range of the arithmetic, or are not numbers.
template <Real T>
bool NetDesign<T>::measure() {
  const Index n = problem_.n_samples(), p = problem_.n_features();
  means_ = {0.0, std::vector<double>(p, 0.0), std::vector<double>(problem_.n_targets(), 0.0)};
  const int n_threads = problem_.options().n_threads;
  if (problem_.centred()) {
    means_.weight = sum_over(n, n_threads, [&](Index i) { return weight_of(i); });
  }
  bool fits = true;
  for (Index t = 0; t < problem_.n_targets(); ++t) fits = measure_target(t) && fits;
  measure_columns();
  for (Index j = 0; j < p; ++j) {
    constexpr double nearly_constant = 1e-28;
    const double size = means_.weight * means_.x[j] * means_.x[j];
    if (spread_[j] <= nearly_constant * size && problem_.vanishes(j)) spread_[j] = 0.0;
    if (spread_[j] == 0.0 && problem_.vanishes(j)) continue;
    fits = fits && !out_of_range<double>(spread_[j]);
  }
  return fits;
}

template <Real T>
bool NetDesign<T>::measure_target(Index target) {
  const Index n = problem_.n_samples();
  const int n_threads = problem_.options().n_threads;
  const auto y = problem_.data().y.column(target);
  const double scale = problem_.y_scale(target);
  double& mean = means_.y[target];
  for (int step = 0; problem_.centred() && step < 2; ++step) {
    mean +=
        sum_over(n, n_threads, [&](Index i) { return weight_of(i) * (scale * y(i, 0) - mean); }) /
        means_.weight;
  }
  const double square = sum_over(n, n_threads, [&](Index i) {
    const double value = scale * y(i, 0) - mean;
    return weight_of(i) * value * value;
  });
  return !out_of_range<double>(square);
}

// Sums about shifts near the means: those of the first rows, and where they are too far off those
// that these give.
template <Real T>
void NetDesign<T>::measure_columns() {
  const Index p = problem_.n_features();
  if (problem_.data().x.row_stride == 1) {
    auto measured = column_spreads(problem_.data().x, scale(), weight_, problem_.centred(),
                                   problem_.options().n_threads, problem_.monitor());
    means_.x = std::move(measured.mean);
    spread_ = std::move(measured.square);
    return;
  }
  const double* weight = weight_.empty() ? nullptr : weight_.data();
  std::vector<double> shift(p, 0.0);
  if (problem_.centred()) shift = provisional_mean(problem_.data().x, problem_.sqrt_weight());
  for (int attempt = 0; attempt < 2; ++attempt) {
    const Source<T> source{.x = problem_.data().x,
                           .col_shift = shift.data(),
                           .col_scale = scale().empty() ? nullptr : scale().data()};
    auto sums = column_sums(source, weight, problem_.options().n_threads, problem_.monitor());
    spread_ = std::move(sums.squares);
    if (!problem_.centred()) return;
    bool far = false;
    for (Index j = 0; j < p; ++j) {
      const double offset = sums.sum[j] / means_.weight;
      means_.x[j] = shift[j] * problem_.x_scale(j) + offset;
      const double square = std::max(spread_[j] - offset * sums.sum[j], 0.0);
      far = far || offset * sums.sum[j] > tolerated_offset * square;
      spread_[j] = square;
    }
    if (!far) return;
    for (Index j = 0; j < p; ++j) {
      shift[j] = static_cast<double>(static_cast<T>(means_.x[j] / problem_.x_scale(j)));
    }
  }
}

template <Real T>
void NetDesign<T>::subtract_fit(std::span<const double> b, std::vector<double>& r) const {
  const Index n = problem_.n_samples(), p = problem_.n_features();
  const auto& mean = means().x;
  double centre = 0.0;
  for (Index j = 0; j < p; ++j) centre += mean[j] * b[j];
  const double work = 2.0 * static_cast<double>(n) * static_cast<double>(p);
  over_row_blocks(n, work, problem_.options().n_threads, problem_.monitor(),
                  [&](Index, Index k0, Index rows) {
                    std::vector<double> fitted(rows, 0.0);
                    if (sparse_) {
                      multiply_rows(sparse_->x, k0, k0 + rows, 1, b.data(), fitted.data());
                    } else {
                      for (Index j = 0; j < p; ++j) {
                        if (b[j] == 0.0) continue;
                        const double by = b[j] * problem_.x_scale(j);
                        for (Index k = 0; k < rows; ++k) {
                          fitted[k] += by * static_cast<double>(problem_.data().x(k0 + k, j));
                        }
                      }
                    }
                    for (Index k = 0; k < rows; ++k) r[k0 + k] -= fitted[k] - centre;
                  });
}

template <Real T>
std::vector<double> NetDesign<T>::residual(Index target, std::span<const double> prior) const {
  const Index n = problem_.n_samples();
  std::vector<double> r(n);
  const auto y = problem_.data().y.column(target);
  const double scale = problem_.y_scale(target), mean = means().y[target];
  for (Index i = 0; i < n; ++i) r[i] = scale * y(i, 0) - mean;
  if (!prior.empty()) subtract_fit(prior, r);
  const auto w = weight();
  for (Index i = 0; i < n; ++i) {
    if (!w.empty() && w[i] == 0.0) r[i] = 0.0;
  }
  return r;
}

template class NetDesign<double>;
template class NetDesign<float>;

}  // namespace elltwo
