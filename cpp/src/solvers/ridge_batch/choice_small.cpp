#include "solvers/ridge_batch/choice_small.hpp"

#include <algorithm>
#include <cmath>

#include "gram/moments.hpp"
#include "kernels/table.hpp"
#include "solvers/ridge_batch/choice_scores.hpp"
#include "solvers/shared/conditioning.hpp"

namespace elltwo {
namespace {

constexpr Index max_rows = 4096;
constexpr Index max_folds = 32;

// Whether a sum of squares is far from the ends of the range of double, so that no scaling is
// needed.

bool in_range(double square) { return square >= 1e-100 && square <= 1e100; }

// sum of f(i) for i < n, by eight independent sums.
template <class F>
double sum_of(Index n, const F& f) {
  constexpr Index lanes = 8;
  double sums[lanes] = {};
  Index i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (Index lane = 0; lane < lanes; ++lane) sums[lane] += f(i + lane);
  }
  for (; i < n; ++i) sums[0] += f(i);
  double sum = 0.0;
  for (const double part : sums) sum += part;
  return sum;
}

double squared(double v) { return v * v; }

// The mean of n values; writes its standard error.
double mean_of(const double* v, Index n, double& error) {
  const auto count = static_cast<double>(n);
  const double mean = sum_of(n, [=](Index i) { return v[i]; }) / count;
  const double squares = sum_of(n, [=](Index i) { return squared(v[i] - mean); });
  error = std::sqrt(squares / (count * std::max(count - 1.0, 1.0)));
  return mean;
}

// The weighted mean of n values, given the square roots of the weights; writes its standard error.
double mean_of(const double* v, const double* root, Index n, double& error) {
  const auto count = static_cast<double>(n);
  const double weight = sum_of(n, [=](Index i) { return squared(root[i]); });
  const double mean = sum_of(n, [=](Index i) { return squared(root[i]) * v[i]; }) / weight;
  const double squares =
      sum_of(n, [=](Index i) { return squared(squared(root[i]) * (v[i] - mean) / weight); });
  error = std::sqrt(squares * count / std::max(count - 1.0, 1.0));
  return mean;
}

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

bool SmallChoice::score(std::span<const double> alphas, AlphaScores& out) {
  out.score.assign(alphas.size(), 0.0);
  if (folds_) return by_folds(alphas, out);
  const bool with_errors = choice_.by != ChoiceBy::gcv;
  out.standard_error.assign(with_errors ? alphas.size() : 0, 0.0);
  for (std::size_t a = 0; a < alphas.size(); a += max_alphas) {
    const auto some = alphas.subspan(a, std::min<std::size_t>(max_alphas, alphas.size() - a));
    const auto count = static_cast<Index>(some.size());
    path_.shift(some);
    double* score = out.score.data() + a;
    if (!(with_errors ? by_rows(count, score, out.standard_error.data() + a)
                      : by_measures(some, score))) {
      return false;
    }
  }
  return true;
}

bool SmallChoice::by_measures(std::span<const double> alphas, double* score) {
  double edf[max_alphas], rss[max_alphas];
  if (!path_.measures(moments_.yy, std::min(smallest_alpha_, path_.trace()), edf, rss)) {
    return false;
  }
  const auto n = static_cast<double>(data_->x.rows);
  const double unpenalised = options_.fit_intercept ? 1.0 : 0.0;
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    score[a] = generalised_cv(n, rss[a], unpenalised + edf[a]);
  }
  return true;
}

void SmallChoice::take_coefficients(Index n_alphas) {
  path_.coefficients(coef_.data(), max_cols);
  for (Index s = 0; s < n_alphas; ++s) coef_[s * max_cols + path_.size()] = -1.0;
}

void SmallChoice::take_residuals(const Source<double>& source, Index k0, Index kc, Index n_alphas) {
  const auto& k = kernels();
  const Index panels = (source.cols() + k.width_f64 - 1) / k.width_f64;
  const Index stride = kc * k.width_f64;
  k.pack_f64(source, k0, kc, 0, panels, block_.data(), stride);
  Ahead nothing;
  k.forward(kc, block_.data(), panels, stride, coef_.data(), max_cols, n_alphas, residual_.data(),
            block_rows, nothing);
}

// leverage_ = z^T (T + alpha I)^-1 z for the packed rows z in the basis, and every alpha.
void SmallChoice::take_leverages(Index kc) {
  const auto& k = kernels();
  const Index p = path_.size(), panels = (p + k.width_f64) / k.width_f64;  // with y
  Ahead nothing;
  k.forward(kc, block_.data(), panels, kc * k.width_f64, basis_.data(), max_cols, p,
            rotated_.data(), block_rows, nothing);
  for (Index r = 0; r < kc; ++r) {
    for (Index d = 0; d < p; ++d) rows_[r * p + d] = rotated_[d * block_rows + r];
  }
  k.inverse_forms(p, path_.lower(), path_.inverse(), path_.stride(), kc, rows_.data(), p,
                  leverage_.data(), path_.stride());
}

// Means of squared leave-one-out errors e_i = r_i / (1 - h_i), and their standard errors. False
// where a row alone determines a direction.
bool SmallChoice::by_rows(Index n_alphas, double* score, double* error) {
  const Index n = data_->x.rows, p = path_.size(), stride = path_.stride();
  const auto source = rows_about(moments_.mean, 0, n);
  squares_.resize(n * n_alphas);
  take_coefficients(n_alphas);
  for (Index d = 0; d < p; ++d) {
    for (Index j = 0; j < p; ++j) basis_[d * max_cols + j] = path_.basis(j, d);
  }
  const double of_mean = options_.fit_intercept ? 1.0 / moments_.weight : 0.0;
  const double* root = root_weight_.empty() ? nullptr : root_weight_.data();
  double least = 1.0;
  for (Index k0 = 0; k0 < n; k0 += block_rows) {
    const Index kc = std::min(block_rows, n - k0);
    take_residuals(source, k0, kc, n_alphas);
    take_leverages(kc);
    for (Index s = 0; s < n_alphas; ++s) {
      double* squares = squares_.data() + s * n + k0;
      const double* residual = residual_.data() + s * block_rows;
      double left[block_rows];
      for (Index r = 0; r < kc; ++r) {
        const double w = root == nullptr ? 1.0 : squared(root[k0 + r]);
        left[r] = 1.0 - w * (of_mean + leverage_[r * stride + s]);
        least = std::min(least, left[r]);
      }
      for (Index r = 0; r < kc; ++r) {
        const double e = residual[r] / left[r];
        squares[r] = e * e;
      }
    }
  }
  for (Index s = 0; s < n_alphas; ++s) {
    const double* v = squares_.data() + s * n;
    score[s] = root == nullptr ? mean_of(v, n, error[s]) : mean_of(v, root, n, error[s]);
  }
  return least > own_direction;
}

bool SmallChoice::by_folds(std::span<const double> alphas, AlphaScores& out) {
  const std::size_t n_alphas = alphas.size();
  const double smallest = *std::min_element(alphas.begin(), alphas.end());
  std::vector<double> mse(grams_.size() * n_alphas, 0.0), weight;
  for (std::size_t f = 0; f < grams_.size(); ++f) {
    if (!centre(static_cast<Index>(f), moments_)) return false;
    path_.decompose(data_->x.cols, moments_.gram, moments_.xy, true);
    if (!path_.well_conditioned(smallest)) return false;
    const Index ones = grams_[f].cols() - 1;
    weight.push_back(grams_[f](ones, ones));
    for (std::size_t a = 0; a < n_alphas; a += max_alphas) {
      const auto some = alphas.subspan(a, std::min<std::size_t>(max_alphas, n_alphas - a));
      path_.shift(some);
      take_coefficients(static_cast<Index>(some.size()));
      add_fold(static_cast<Index>(f), static_cast<Index>(some.size()), &mse[f * n_alphas + a]);
    }
    for (std::size_t a = 0; a < n_alphas; ++a) mse[f * n_alphas + a] /= weight.back();
  }
  out = pooled(mse, weight);
  return true;
}

// sse += squared errors, on the rows of a fold, of the fits in coef_.
void SmallChoice::add_fold(Index fold, Index n_alphas, double* sse) {
  const Index n = starts_[fold + 1] - starts_[fold];
  const auto source = rows_about(moments_.mean, starts_[fold], starts_[fold + 1]);
  for (Index k0 = 0; k0 < n; k0 += block_rows) {
    const Index kc = std::min(block_rows, n - k0);
    take_residuals(source, k0, kc, n_alphas);
    const double* root = root_weight_.empty() ? nullptr : root_weight_.data() + starts_[fold] + k0;
    for (Index s = 0; s < n_alphas; ++s) {
      const double* r = residual_.data() + s * block_rows;
      sse[s] += root == nullptr ? sum_of(kc, [=](Index k) { return squared(r[k]); })
                                : sum_of(kc, [=](Index k) { return squared(root[k] * r[k]); });
    }
  }
}

}  // namespace elltwo
