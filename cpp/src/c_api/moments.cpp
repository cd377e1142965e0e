#include "elltwo/moments.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "c_api/arguments.hpp"
#include "c_api/functions.hpp"

/// Moments, and single rows that have not been added to them yet.
struct elltwo_moments {
  elltwo_moments(elltwo::Index n_features, elltwo::Index n_targets)
      : sums(n_features, n_targets), row_size(n_features + n_targets) {}
  explicit elltwo_moments(elltwo::Moments taken)
      : sums(std::move(taken)), row_size(sums.n_features() + sums.n_targets()) {}

  elltwo::Moments sums;
  elltwo::Index row_size;       ///< features and targets
  std::vector<double> rows;     ///< features and targets, row by row
  std::vector<double> weights;  ///< one for each row that waits
};

namespace elltwo::c_api {
namespace {

// The number of rows that are collected before they are added: enough for a pass to outweigh its
// start, in at most half of a usual second cache.
Index rows_that_wait(Index row_size) { return std::clamp<Index>(65536 / row_size, 16, 256); }

elltwo_moments& require_handle(elltwo_moments* handle) {
  require(handle != nullptr, "moments must not be NULL");
  return *handle;
}

void add_to(Moments& sums, MatrixView<double> x, MatrixView<double> y,
            std::span<const double> weights, int n_threads) {
  Monitor nobody;
  sums.add(x, y, weights, n_threads, nobody);
}

/// Adds the rows that wait and returns the moments of all rows.
Moments& complete(elltwo_moments& moments) {
  const auto held = static_cast<Index>(moments.weights.size());
  if (held == 0) return moments.sums;
  const Index size = moments.row_size;
  const auto all = row_major(moments.rows.data(), held, size);
  auto x = all;
  x.cols = moments.sums.n_features();
  auto y = all;
  y.cols = moments.sums.n_targets();
  y.data += x.cols;
  const bool plain = std::ranges::all_of(moments.weights, [](double w) { return w == 1.0; });
  add_to(moments.sums, x, y, plain ? std::span<const double>{} : moments.weights, 1);
  moments.rows.clear();
  moments.weights.clear();
  return moments.sums;
}

void append(std::vector<double>& rows, Index count, const double* values, Index stride) {
  for (Index j = 0; j < count; ++j) rows.push_back(values[j * stride]);
}

bool all_finite(const double* values, Index count, Index stride) {
  double not_finite = 0.0;  // v - v is 0 or NaN
  for (Index j = 0; j < count; ++j) not_finite += values[j * stride] - values[j * stride];
  return not_finite == 0.0;
}

}  // namespace

int moments_create(Index n_features, Index n_targets, elltwo_moments** moments) {
  return guarded([&] {
    require(moments != nullptr, "the place for the handle must not be NULL");
    *moments = new elltwo_moments(n_features, n_targets);
    return static_cast<int>(ELLTWO_OK);
  });
}

int moments_free(elltwo_moments* moments) {
  delete moments;
  return ELLTWO_OK;
}

int moments_add_row(elltwo_moments* handle, const double* x, Index x_stride, const double* y,
                    Index y_stride, double weight) {
  return guarded([&] {
    auto& moments = require_handle(handle);
    const Index p = moments.sums.n_features();
    const Index t = moments.sums.n_targets();
    require_data(1, p, x, y);
    require(all_finite(x, p, x_stride), "x contains NaN or infinity");
    require(all_finite(y, t, y_stride), "y contains NaN or infinity");
    require(weight >= 0.0 && std::isfinite(weight), "weight must be finite and not negative");
    const Index most = rows_that_wait(moments.row_size);
    if (static_cast<Index>(moments.weights.size()) >= most) complete(moments);
    moments.rows.reserve(most * moments.row_size);
    moments.weights.reserve(most);
    append(moments.rows, p, x, x_stride);
    append(moments.rows, t, y, y_stride);
    moments.weights.push_back(weight);
    return static_cast<int>(ELLTWO_OK);
  });
}

int moments_add(elltwo_moments* handle, Index n_samples, const double* x, Index x_row_stride,
                Index x_col_stride, const double* y, Index y_row_stride, Index y_col_stride,
                const double* sample_weight, int n_threads) {
  return guarded([&] {
    auto& moments = require_handle(handle);
    const Index p = moments.sums.n_features();
    const Index t = moments.sums.n_targets();
    require_data(n_samples, p, x, y);
    require(n_threads >= 0, "n_threads must be 0 or more");
    add_to(complete(moments), {x, n_samples, p, x_row_stride, x_col_stride},
           {y, n_samples, t, y_row_stride, y_col_stride}, optional(sample_weight, n_samples),
           n_threads);
    return static_cast<int>(ELLTWO_OK);
  });
}

int moments_merge(elltwo_moments* handle, elltwo_moments* other) {
  return guarded([&] {
    auto& moments = require_handle(handle);
    const auto& added = complete(require_handle(other));
    complete(moments).merge(added);
    return static_cast<int>(ELLTWO_OK);
  });
}

int moments_ridge(elltwo_moments* handle, const double* alpha, Index alpha_stride,
                  const double* penalty_factors, const double* prior_mean, int fit_intercept,
                  double* coef, double* intercept, double* optimality, double* rcond) {
  return guarded([&] {
    const auto& sums = complete(require_handle(handle));
    const Index p = sums.n_features();
    const Index t = sums.n_targets();
    require_outputs(coef, intercept);
    const Penalties alphas(alpha, alpha_stride, t);
    const RidgePenalty penalty{.alpha = alphas.values(),
                               .penalty_factors = optional(penalty_factors, p),
                               .prior_mean = optional(prior_mean, t * p)};
    Monitor nobody;
    const auto info =
        elltwo::ridge(sums, penalty, {.fit_intercept = fit_intercept != 0, .n_threads = 1}, nobody,
                      optional(coef, t * p), optional(intercept, t));
    if (optimality != nullptr) *optimality = info.optimality;
    if (rcond != nullptr) *rcond = info.rcond;
    return c_status_of(info);
  });
}

int moments_to_bytes(elltwo_moments* handle, unsigned char* bytes, Index capacity, Index* size) {
  return guarded([&] {
    require(size != nullptr, "the place for the size must not be NULL");
    const auto stored = complete(require_handle(handle)).to_bytes();
    *size = static_cast<Index>(stored.size());
    if (bytes == nullptr) return static_cast<int>(ELLTWO_OK);
    require(capacity >= *size, "capacity must be at least the size that was asked for");
    std::memcpy(bytes, stored.data(), stored.size());
    return static_cast<int>(ELLTWO_OK);
  });
}

int moments_from_bytes(const unsigned char* bytes, Index size, elltwo_moments** moments) {
  return guarded([&] {
    require(moments != nullptr, "the place for the handle must not be NULL");
    require(bytes != nullptr && size >= 0, "bytes must not be NULL, nor their number negative");
    const auto stored = std::as_bytes(std::span{bytes, static_cast<std::size_t>(size)});
    *moments = new elltwo_moments(Moments::from_bytes(stored));
    return static_cast<int>(ELLTWO_OK);
  });
}

}  // namespace elltwo::c_api
