#include "solvers/ridge_batch/choice_small.hpp"

#include <algorithm>
#include <cmath>

#include "gram/moments.hpp"
#include "solvers/ridge_batch/choice_scores.hpp"

namespace elltwo {
namespace {

constexpr Index max_rows = 4096;
constexpr Index max_folds = 32;

// Whether a sum of squares is far from the ends of the range of double, so that no scaling is
// needed.

bool in_range(double square) { return square >= 1e-100 && square <= 1e100; }

}  // namespace

SmallChoice::SmallChoice(const Choice& choice, const RidgeOptions& options)
    : choice_(choice),
      options_(options),
      block_((block_rows + 1) * max_cols),
      coef_(Buffer<double>::zeros(max_alphas * max_cols)),
      basis_(Buffer<double>::zeros(SmallPath::max_size * max_cols)),
      rotated_(SmallPath::max_size * block_rows),
      rows_(SmallPath::max_size * block_rows),
      leverage_(block_rows * max_alphas),
      residual_(block_rows * max_alphas) {}

bool SmallChoice::is_plain(const RidgeData<double>& data) const {
  const Index n = data.x.rows, p = data.x.cols;
  const Index fewest = folds_ ? n - (n + choice_.n_folds - 1) / choice_.n_folds : n;
  return data.y.cols == 1 && p <= SmallPath::max_size && fewest > p && n <= max_rows &&
         (!folds_ || choice_.n_folds <= max_folds) && data.penalty_factors.empty() &&
         data.prior_mean.empty() && !options_.penalize_intercept;
}

// Takes the square roots of the weights. False for weights of zero, or so large or small that they
// would have to be scaled.
bool SmallChoice::take_weights(std::span<const double> weights) {
  root_weight_.clear();
  for (const double w : weights) {
    if (!(w > 1e-60 && w < 1e60)) return false;
    root_weight_.push_back(std::sqrt(w));
  }
  return true;
}

Source<double> SmallChoice::rows_about(const std::vector<double>& shift, Index begin,
                                       Index end) const {
  auto x = data_->x;
  auto y = data_->y;
  x.data += begin * x.row_stride;
  y.data += begin * y.row_stride;
  x.rows = y.rows = end - begin;
  return {.x = x, .col_shift = shift.data(), .y = y, .y_shift = shift.data() + x.cols};
}

void SmallChoice::add_gram(Index begin, Index end) {
  auto source = rows_about(shift_, begin, end);
  source.ones = true;
  if (!root_weight_.empty()) source.row_scale = root_weight_.data() + begin;
  grams_.push_back(gram<double, double>(source, 1, no_monitor_));
}

// The moments of the sum of all Gram matrices but number `without` (-1: of all), without
// subtracting any. False where digits would be lost or squares are out of range.
bool SmallChoice::centre(Index without, Centred& out) const {
  const Index p = data_->x.cols, cols = p + 1;
  double g[(SmallPath::max_size + 2) * (SmallPath::max_size + 2)];
  const Index ld = cols + 1;
  std::fill_n(g, ld * ld, 0.0);
  for (Index f = 0; f < static_cast<Index>(grams_.size()); ++f) {
    if (f == without) continue;
    const auto& one = grams_[f];
    for (Index i = 0; i <= cols; ++i) {
      for (Index j = i; j <= cols; ++j) g[i * ld + j] += one(i, j);
    }
  }
  out.weight = g[cols * ld + cols];
  out.mean = shift_;
  for (Index i = 0; options_.fit_intercept && i < cols; ++i) {
    const double offset = g[i * ld + cols] / out.weight;
    const double lost = offset * g[i * ld + cols];
    for (Index j = i; j < cols; ++j) g[i * ld + j] -= offset * g[j * ld + cols];
    if (lost > tolerated_offset * g[i * ld + i] && lost > 0.0) return false;
    out.mean[i] += offset;
  }
  for (Index i = 0; i < cols; ++i) {
    if (!in_range(g[i * ld + i])) return false;
  }
  for (Index i = 0; i < p; ++i) {
    for (Index j = i; j < p; ++j) {
      out.gram[i * p + j] = out.gram[j * p + i] = g[i * ld + j];
    }
    out.xy[i] = g[i * ld + p];
  }
  out.yy = g[p * ld + p];
  return true;
}

bool SmallChoice::take(const RidgeData<double>& data, double smallest_alpha) {
  const Index n = data.x.rows, p = data.x.cols;
  folds_ = choice_.by == ChoiceBy::folds && choice_.n_folds != n;
  if (!is_plain(data) || !take_weights(data.sample_weight)) return false;
  data_ = &data;
  smallest_alpha_ = smallest_alpha;
  shift_.assign(p + 1, 0.0);
  if (options_.fit_intercept) {
    const double* weight = root_weight_.empty() ? nullptr : root_weight_.data();
    shift_ = provisional_mean(data.x, weight);
    shift_.push_back(provisional_mean(data.y, weight)[0]);
  }
  grams_.clear();
  starts_ = fold_starts(n, folds_ ? choice_.n_folds : 1);
  for (std::size_t f = 0; f + 1 < starts_.size(); ++f) {
    add_gram(starts_[f], starts_[f + 1]);
  }
  if (!centre(-1, moments_)) return false;
  path_.decompose(p, moments_.gram, moments_.xy, choice_.by != ChoiceBy::gcv);
  return path_.well_conditioned(smallest_alpha);
}

bool SmallChoice::own_grid(std::span<double> out) {
  own_grid_between(path_.inverse_trace(0.0), path_.trace(), out);
  return true;
}

}  // namespace elltwo
