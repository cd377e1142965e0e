#include "solvers/shared/validate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "parallel/interruption.hpp"
#include "solvers/shared/ranges.hpp"
#include "solvers/shared/weights.hpp"

namespace elltwo {
namespace {

const char* kind(double value) { return std::isnan(value) ? "NaN" : "infinity"; }

}  // namespace

std::string show(double value) {
  if (std::isnan(value)) return "nan";
  std::ostringstream text;
  text.precision(17);
  text << value;
  return text.str();
}

void require_not_empty(Index rows, Index cols) {
  if (rows > 0 && cols > 0) return;
  throw std::invalid_argument("X must have at least one row and one column, got " +
                              std::to_string(rows) + " x " + std::to_string(cols));
}

void require_size(const char* name, std::size_t got, Index wanted) {
  if (static_cast<Index>(got) == wanted) return;
  throw std::invalid_argument(std::string(name) + " must have " + std::to_string(wanted) +
                              " values, got " + std::to_string(got));
}

void require_range(const char* name, std::span<const double> values, double max,
                   const char* range) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= 0.0 && values[i] <= max) continue;
    const std::string where = values.size() > 1 ? " at position " + std::to_string(i) : "";
    throw std::invalid_argument(std::string(name) + " must be in " + range + ", got " +
                                show(values[i]) + where);
  }
}

void require_penalty_factors(std::span<const double> factors, Index n_features) {
  if (factors.empty()) return;
  require_size("penalty_factors", factors.size(), n_features);
  require_range("penalty_factors", factors, infinity, "[0, inf]");
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

void require_options(double tol, int max_iter, int n_threads) {
  if (!(tol >= 0.0) || std::isinf(tol)) {
    throw std::invalid_argument("tol must be non-negative and finite, got " + show(tol));
  }
  if (max_iter < 0) {
    throw std::invalid_argument("max_iter must be >= 0, got " + std::to_string(max_iter));
  }
  if (n_threads < 0) {
    throw std::invalid_argument("n_threads must be >= 1 or None, got " + std::to_string(n_threads));
  }
}

template <Real T>
void require_finite(const char* name, MatrixView<T> a, bool name_column, Monitor& monitor) {
  const Index rows = std::max<Index>(1, (1 << 20) / std::max<Index>(1, a.cols));
  for (Index i = 0; i < a.rows; ++i) {
    if (i % rows == 0) check(monitor);
    for (Index j = 0; j < a.cols; ++j) {
      if (std::isfinite(a(i, j))) continue;
      const std::string column = name_column ? ", column " + std::to_string(j) : "";
      throw std::invalid_argument(std::string(name) + " contains " + kind(a(i, j)) + " at row " +
                                  std::to_string(i) + column);
    }
  }
}

template void require_finite<double>(const char*, MatrixView<double>, bool, Monitor&);
template void require_finite<float>(const char*, MatrixView<float>, bool, Monitor&);

}  // namespace elltwo
