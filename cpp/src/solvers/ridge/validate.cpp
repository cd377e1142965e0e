#include "solvers/ridge/validate.hpp"

#include <cmath>
#include <limits>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

std::string show(double value) {
  if (std::isnan(value)) return "nan";
  std::ostringstream text;
  text.precision(17);
  text << value;
  return text.str();
}

void require_size(const char* name, std::size_t got, Index wanted) {
  if (static_cast<Index>(got) == wanted) return;
  throw std::invalid_argument(std::string(name) + " must have " + std::to_string(wanted) +
                              " values, got " + std::to_string(got));
}

// Every value of a span must lie in [0, max].
void require_range(const char* name, std::span<const double> values, double max,
                   const char* range) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= 0.0 && values[i] <= max) continue;
    const std::string where = values.size() > 1 ? " at position " + std::to_string(i) : "";
    throw std::invalid_argument(std::string(name) + " must be in " + range + ", got " +
                                show(values[i]) + where);
  }
}

const char* kind(double value) { return std::isnan(value) ? "NaN" : "infinity"; }

void require_weights(std::span<const double> weights, Index n, int n_threads) {
  if (weights.empty()) return;
  require_size("sample_weight", weights.size(), n);
  if (largest_weight(weights, n_threads) > 0.0) return;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!std::isfinite(weights[i])) {
      throw std::invalid_argument(std::string("sample_weight contains ") + kind(weights[i]) +
                                  " at row " + std::to_string(i));
    }
  }
  require_range("sample_weight", weights, std::numeric_limits<double>::max(), "[0, inf)");
  throw std::invalid_argument("sample_weight must not be all zero, got " +
                              std::to_string(weights.size()) + " zeros");
}

void require_prior(std::span<const double> prior, Index size) {
  if (prior.empty()) return;
  require_size("prior_mean", prior.size(), size);
  for (const double m : prior) {
    if (!std::isfinite(m)) {
      throw std::invalid_argument("prior_mean must be finite, got " + show(m));
    }
  }
}

template <Real T>
void scan(const char* name, MatrixView<T> a, bool name_column) {
  for (Index i = 0; i < a.rows; ++i) {
    for (Index j = 0; j < a.cols; ++j) {
      if (std::isfinite(a(i, j))) continue;
      const std::string column = name_column ? ", column " + std::to_string(j) : "";
      throw std::invalid_argument(std::string(name) + " contains " + kind(a(i, j)) + " at row " +
                                  std::to_string(i) + column);
    }
  }
}

}  // namespace

double largest_weight(std::span<const double> weights, int n_threads) {
  std::mutex lock;
  double largest = 0.0;
  const auto n = static_cast<Index>(weights.size());
  run_over(n, threads_for(n_threads, 8.0 * static_cast<double>(n)), [&](Index begin, Index end) {
    constexpr Index lanes = 8;  // independent: a loop over them becomes vectors
    const double* w = weights.data();
    double high[lanes] = {};
    double low[lanes] = {};
    double not_finite[lanes] = {};  // w - w is 0 or NaN
    const auto look = [&](Index i, Index lane) {
      high[lane] = w[i] > high[lane] ? w[i] : high[lane];
      low[lane] = w[i] < low[lane] ? w[i] : low[lane];
      not_finite[lane] += w[i] - w[i];
    };
    Index i = begin;
    for (; i + lanes <= end; i += lanes) {
      for (Index lane = 0; lane < lanes; ++lane) look(i + lane, lane);
    }
    for (; i < end; ++i) look(i, 0);
    const std::lock_guard guard(lock);
    for (Index lane = 0; lane < lanes; ++lane) {
      const bool bad = low[lane] < 0.0 || not_finite[lane] != 0.0 || std::isnan(largest);
      largest = bad ? std::numeric_limits<double>::quiet_NaN() : std::max(largest, high[lane]);
    }
  });
  return largest;
}

template <Real T>
void validate(const RidgeData<T>& data, const RidgeOptions& options, const char* alpha_name) {
  const auto& x = data.x;
  if (x.empty()) {
    throw std::invalid_argument("X must have at least one row and one column, got " +
                                std::to_string(x.rows) + " x " + std::to_string(x.cols));
  }
  if (data.y.rows != x.rows || data.y.cols < 1) {
    throw std::invalid_argument("y must have one row per row of X (" + std::to_string(x.rows) +
                                ") and at least one target, got " + std::to_string(data.y.rows) +
                                " x " + std::to_string(data.y.cols));
  }
  constexpr double inf = std::numeric_limits<double>::infinity();
  if (data.alpha.size() != 1) require_size(alpha_name, data.alpha.size(), data.y.cols);
  require_range(alpha_name, data.alpha, inf, "[0, inf]");
  if (!data.penalty_factors.empty()) {
    require_size("penalty_factors", data.penalty_factors.size(), x.cols);
    require_range("penalty_factors", data.penalty_factors, inf, "[0, inf]");
  }
  require_prior(data.prior_mean, x.cols * data.y.cols);
  require_weights(data.sample_weight, x.rows, options.n_threads);
  if (!(options.tol >= 0.0) || std::isinf(options.tol)) {
    throw std::invalid_argument("tol must be non-negative and finite, got " + show(options.tol));
  }
  if (options.max_iter < 0) {
    throw std::invalid_argument("max_iter must be >= 0, got " + std::to_string(options.max_iter));
  }
  if (options.n_threads < 0) {
    throw std::invalid_argument("n_threads must be >= 1 or None, got " +
                                std::to_string(options.n_threads));
  }
}

template <Real T>
void validate_grid(const RidgeData<T>& data, std::span<const double> alphas,
                   const RidgeOptions& options) {
  const double alpha = 1.0;
  RidgeData<T> one = data;
  one.alpha = {&alpha, 1};
  validate(one, options);
  require_range("alphas", alphas, std::numeric_limits<double>::infinity(), "[0, inf]");
}

template <Real T>
void throw_if_not_finite(const RidgeData<T>& data) {
  if (data.x.data != nullptr) scan("X", data.x, true);
  scan("y", data.y, data.y.cols > 1);
}

template void validate<double>(const RidgeData<double>&, const RidgeOptions&, const char*);
template void validate<float>(const RidgeData<float>&, const RidgeOptions&, const char*);
template void validate_grid<double>(const RidgeData<double>&, std::span<const double>,
                                    const RidgeOptions&);
template void validate_grid<float>(const RidgeData<float>&, std::span<const double>,
                                   const RidgeOptions&);
template void throw_if_not_finite<double>(const RidgeData<double>&);
template void throw_if_not_finite<float>(const RidgeData<float>&);

}  // namespace elltwo
