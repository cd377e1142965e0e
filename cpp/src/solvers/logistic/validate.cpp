#include "solvers/logistic/validate.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "solvers/shared/ranges.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

void require_finite(const char* name, std::span<const double> values) {
  for (const double v : values) {
    if (!std::isfinite(v)) {
      throw std::invalid_argument(std::string(name) + " must be finite, got " + std::to_string(v));
    }
  }
}

template <Real T>
void require_labels(const LogisticData<T>& data) {
  if (data.n_classes < 2) {
    throw std::invalid_argument("n_classes must be 2 or more, got " +
                                std::to_string(data.n_classes));
  }
  bool weighted = false;
  const auto check_row = [&](Index i) {
    const auto label = data.label[i];
    if (label < 0 || label >= data.n_classes) {
      throw std::invalid_argument("label must be in [0, " + std::to_string(data.n_classes) +
                                  "), got " + std::to_string(label) + " at row " +
                                  std::to_string(i));
    }
    weighted = weighted || data.sample_weight.empty() || data.sample_weight[i] > 0.0;
  };
  for (Index i = 0; data.rows.empty() && i < data.x.rows; ++i) check_row(i);
  for (const Index i : data.rows) {
    if (i < 0 || i >= data.x.rows) {
      throw std::invalid_argument("rows must be in [0, " + std::to_string(data.x.rows) + "), got " +
                                  std::to_string(i));
    }
    check_row(i);
  }
  if (!weighted) {
    throw std::invalid_argument("rows: none of the rows that are fitted has a positive weight");
  }
}

}  // namespace

template <Real T>
void validate(const LogisticData<T>& data, std::span<const double> alphas,
              const LogisticOptions& options, std::span<const double> start) {
  require_not_empty(data.x.rows, data.x.cols);
  require_penalty_factors(data.penalty_factors, data.x.cols);
  require_prior(data.prior_mean, data.x.cols * data.n_outputs());
  require_weights(data.sample_weight, data.x.rows, options.n_threads);
  require_options(options.tol, options.max_iter, options.n_threads);
  require_range("alphas", alphas, infinity, "[0, inf]");
  require_size("label", data.label.size(), data.x.rows);
  require_labels(data);
  if (!data.offset.empty()) {
    require_size("offset", data.offset.size(), data.x.rows * data.n_outputs());
    require_finite("offset", data.offset);
  }
  if (!start.empty()) {
    require_size("start", start.size(), data.n_outputs() * (data.x.cols + 1));
    require_finite("start", start);
  }
}

template <Real T>
void throw_if_not_finite(const LogisticData<T>& data, Monitor& monitor) {
  if (data.x.data != nullptr) require_finite("X", data.x, true, monitor);
}

template void validate<double>(const LogisticData<double>&, std::span<const double>,
                               const LogisticOptions&, std::span<const double>);
template void validate<float>(const LogisticData<float>&, std::span<const double>,
                              const LogisticOptions&, std::span<const double>);
template void throw_if_not_finite<double>(const LogisticData<double>&, Monitor&);
template void throw_if_not_finite<float>(const LogisticData<float>&, Monitor&);

}  // namespace elltwo
