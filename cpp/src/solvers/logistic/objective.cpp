#include "solvers/logistic/objective.hpp"

#include <algorithm>
#include <cmath>

#include "gram/stream.hpp"
#include "model/logistic_loss.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

/// A margin may be negative by this part of the largest one and count as zero.
constexpr double separation_noise = 1e-8;

/// Sums of squared residuals below this have lost digits. Residuals as small as that equal losses:
/// log(1 + exp(-z)) and 1 - p have the same limit.
constexpr double least_squares = 1e-280;

/// Rows: the blocks of a pass begin at multiples of it.
constexpr Index block_rows = 8;

/// What each block of rows contributes to some sums, filed by the row at which it begins, so that
/// the sums do not depend on the number of threads.
class BlockSums {
 public:
  BlockSums(Index n_rows, Index n_sums)
      : n_blocks_((n_rows + block_rows - 1) / block_rows),
        values_(Buffer<double>::zeros(n_blocks_ * n_sums)) {}

  double& at(Index sum, Index k0) { return values_[sum * n_blocks_ + k0 / block_rows]; }
  double total(Index sum) const {
    const double* v = values_.data() + sum * n_blocks_;
    return sum_over(n_blocks_, [v](Index i) { return v[i]; });
  }

 private:
  Index n_blocks_;
  Buffer<double> values_;
};

}  // namespace

template <Real T>
LogisticPoint LogisticObjective<T>::new_point() const {
  const Index per_row = problem_.n_classes() == 2 ? 1 : problem_.n_classes();
  return {.theta = Buffer<double>(problem_.size()),
          .data_slope = Buffer<double>(problem_.size()),
          .slope = Buffer<double>(problem_.size()),
          .curvature = Buffer<double>(rows_.n * per_row),
          .residual = std::vector<double>(problem_.n_outputs())};
}

template <Real T>
void LogisticObjective<T>::evaluate(LogisticPoint& at) const {
  const Index outputs = problem_.n_outputs();
  const Index n = rows_.n;
  const double* weights = rows_.weights();
  BlockSums sums(n, outputs + 1);
  const auto to_residual = [&](Index k0, Index kc, double* z, Index ld) {
    for (Index o = 0; !rows_.offset.empty() && o < outputs; ++o) {
      const double* offset = rows_.offset.data() + o * n + k0;
      for (Index k = 0; k < kc; ++k) z[o * ld + k] += offset[k];
    }
    const double* w = weights != nullptr ? weights + k0 : nullptr;
    const auto* label = rows_.label.data() + k0;
    sums.at(outputs, k0) =
        outputs == 1 ? binomial_terms(kc, z, label, w, at.curvature.data() + k0)
                     : multinomial_terms(outputs, kc, z, ld, label, w, at.curvature.data() + k0, n);
    for (Index o = 0; o < outputs; ++o) {
      const double* r = z + o * ld;
      sums.at(o, k0) =
          sum_over(kc, [&](Index k) { return r[k] * r[k] / (w != nullptr ? w[k] : 1.0); });
    }
  };
  at.data_slope = stream_pass(problem_.source(rows_), outputs, at.theta.data(), to_residual,
                              problem_.options().n_threads, problem_.monitor());
  at.loss = sums.total(outputs);
  for (Index o = 0; o < outputs; ++o) {
    const double squares = sums.total(o);
    at.residual[o] =
        squares > least_squares ? std::sqrt(squares) : at.loss / std::sqrt(problem_.weight());
  }
  penalise(at);
}

template <Real T>
void LogisticObjective<T>::penalise(LogisticPoint& at) const {
  const Index cols = problem_.cols();
  const Index p = problem_.n_features();
  at.penalty = 0.0;
  for (Index o = 0; o < problem_.n_outputs(); ++o) {
    const double* theta = at.theta.data() + o * cols;
    const double* data = at.data_slope.data() + o * cols;
    double* slope = at.slope.data() + o * cols;
    for (Index j = 0; j < p; ++j) {
      slope[j] = 0.0;
      if (!problem_.moves(j)) continue;
      const double distance = theta[j] - problem_.prior(o, j);
      slope[j] = data[j] - problem_.penalty(j) * distance;
      at.penalty += 0.5 * problem_.penalty(j) * distance * distance;
    }
    for (Index j = p; j < cols; ++j) slope[j] = data[j];
  }
}

template <Real T>
void LogisticObjective<T>::predictors(const LogisticPoint& at, std::vector<double>& z) const {
  const Index outputs = problem_.n_outputs();
  z.resize(rows_.n * outputs);
  const auto keep = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index o = 0; o < outputs; ++o) {
      for (Index k = 0; k < kc; ++k) {
        z[(k0 + k) * outputs + o] = f[o * ld + k] + problem_.offset_shift(o);
        f[o * ld + k] = 0.0;
      }
    }
  };
  stream_pass(problem_.source(rows_), outputs, at.theta.data(), keep, problem_.options().n_threads,
              problem_.monitor());
}

template <Real T>
bool LogisticObjective<T>::separates(const double* direction) const {
  const Index cols = problem_.cols();
  const Index outputs = problem_.n_outputs();
  std::vector<double> unpenalised(direction, direction + problem_.size());
  for (Index i = 0; i < problem_.size(); ++i) {
    if (problem_.column_penalty(i % cols) > 0.0) unpenalised[i] = 0.0;
  }
  const Index n_blocks = (rows_.n + block_rows - 1) / block_rows;
  std::vector<double> lowest(n_blocks, infinity);
  std::vector<double> highest(n_blocks, 0.0);
  const auto measure = [&](Index k0, Index kc, double* z, Index ld) {
    auto& low = lowest[k0 / block_rows];
    auto& high = highest[k0 / block_rows];
    for (Index k = 0; k < kc; ++k) {
      const Index label = rows_.label[k0 + k];
      double margin = infinity;
      if (outputs == 1) margin = label == 1 ? z[k] : -z[k];
      for (Index o = 0; o < outputs && outputs > 1; ++o) {
        if (o != label) margin = std::min(margin, z[label * ld + k] - z[o * ld + k]);
      }
      low = std::min(low, margin);
      high = std::max(high, margin);
    }
    for (Index o = 0; o < outputs; ++o) std::fill_n(z + o * ld, kc, 0.0);
  };
  stream_pass(problem_.source(rows_), outputs, unpenalised.data(), measure,
              problem_.options().n_threads, problem_.monitor());
  const double low = *std::min_element(lowest.begin(), lowest.end());
  const double high = *std::max_element(highest.begin(), highest.end());
  return high > 0.0 && low >= -separation_noise * high;
}

template <Real T>
double LogisticObjective<T>::optimality(const LogisticPoint& at, const double* slope) const {
  const Index cols = problem_.cols();
  double worst = 0.0;
  for (Index o = 0; o < problem_.n_outputs(); ++o) {
    const double r = at.residual[o];
    for (Index j = 0; j < cols; ++j) {
      const double g = std::abs(slope[o * cols + j]);
      if (g > 0.0) worst = std::max(worst, g / (problem_.column_size(j) * r));
    }
  }
  return worst;
}

template class LogisticObjective<double>;
template class LogisticObjective<float>;

}  // namespace elltwo
