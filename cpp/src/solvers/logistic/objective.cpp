#include "solvers/logistic/objective.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/logistic_loss.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

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

void multiply_by_curvature(const LogisticRows& rows, Index outputs, const double* curvature,
                           Index k0, Index kc, double* z, Index ld) {
  if (outputs == 1) {
    for (Index i = 0; i < kc; ++i) z[i] *= curvature[k0 + i];
    return;
  }
  constexpr Index at_once = 64;
  for (Index begin = 0; begin < kc; begin += at_once) {
    const Index count = std::min(at_once, kc - begin);
    std::array<double, at_once> mean = {};  // sum_l p_l z_l
    for (Index o = 0; o < outputs; ++o) {
      const double* p = curvature + o * rows.n + k0 + begin;
      const double* v = z + o * ld + begin;
      for (Index i = 0; i < count; ++i) mean[i] += p[i] * v[i];
    }
    for (Index o = 0; o < outputs; ++o) {
      const double* p = curvature + o * rows.n + k0 + begin;
      double* v = z + o * ld + begin;
      for (Index i = 0; i < count; ++i) {
        v[i] = rows.weight_of(k0 + begin + i) * p[i] * (v[i] - mean[i]);
      }
    }
  }
}

template <Real T>
LogisticPoint LogisticObjective<T>::new_point() const {
  return {.theta = Buffer<double>(problem_.size()),
          .data_slope = Buffer<double>(problem_.size()),
          .slope = Buffer<double>(problem_.size()),
          .curvature = Buffer<double>(rows_.n * problem_.n_outputs()),
          .residual = std::vector<double>(problem_.n_outputs())};
}

template <Real T>
Buffer<double> LogisticObjective<T>::pass(const double* b, const RowMap& map) const {
  if (rounded_ == nullptr) return problem_.pass(rows_, b, map);
  return stream_pass(rounded_->source(), problem_.n_outputs(), b, map, problem_.options().n_threads,
                     problem_.monitor());
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
  at.data_slope = pass(at.theta.data(), to_residual);
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
void LogisticObjective<T>::hessian_product(const LogisticPoint& at, const double* v,
                                           Buffer<double>& out, double* range) const {
  const Index outputs = problem_.n_outputs();
  std::vector<double> ranges(range != nullptr ? (rows_.n + block_rows - 1) / block_rows : 0, 0.0);
  const auto map = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index i = 0; i < kc && range != nullptr; ++i) {
      double low = outputs == 1 ? 0.0 : f[i], high = low;
      for (Index o = 0; o < outputs; ++o) {
        low = std::min(low, f[o * ld + i]);
        high = std::max(high, f[o * ld + i]);
      }
      double& largest = ranges[k0 / block_rows];
      largest = std::max(largest, high - low);
    }
    multiply_by_curvature(rows_, outputs, at.curvature.data(), k0, kc, f, ld);
  };
  out = pass(v, map);
  if (range != nullptr) *range = *std::ranges::max_element(ranges);
  for (Index i = 0; i < problem_.size(); ++i) {
    const Index j = i % problem_.cols();
    const bool fitted = j == problem_.n_features() || problem_.moves(j);
    out[i] = fitted ? out[i] + problem_.column_penalty(j) * v[i] : 0.0;
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
  pass(at.theta.data(), keep);
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
