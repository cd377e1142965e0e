#pragma once

#include <span>
#include <vector>

#include "elltwo/logistic.hpp"

namespace elltwo {

/// A problem without its empty classes, those of which no fitted row has a positive weight. Where
/// there are intercepts the loss falls as those of empty classes fall, whatever the coefficients
/// are. In the limit their probability is zero, the other classes are fitted without them, and
/// their coefficients, on which the penalty alone depends, are prior means.
template <Real T>
class PresentClasses {
 public:
  /// data must have been validated.
  PresentClasses(const LogisticData<T>& data, const LogisticOptions& options);

  Index n_empty() const { return data_.n_classes - n_present(); }
  /// Whether the fit is one of fewer classes, or of none.
  bool is_reduced() const { return reduces_; }
  /// Whether all weight is in one class, so that nothing is left to fit.
  bool is_single() const { return reduces_ && n_present() == 1; }

  /// Throws std::invalid_argument if a fitted row of dense X holds NaN or infinity.
  void require_finite_rows() const;

  /// The data of the other classes, two or more, each with an output if they all have one.
  const LogisticData<T>& reduced() const { return reduced_; }
  /// The part of coefficients and then intercepts, outputs x features and outputs, of the other
  /// classes; empty: none were given, or an intercept is one of a class that was empty.
  std::vector<double> reduced_start(std::span<const double> start) const;
  std::vector<double> reduced_coef(std::span<const double> coef) const;
  std::vector<double> reduced_intercept(std::span<const double> intercept) const;

  /// Writes coefficients and intercepts of one fit in all outputs; null: of a fit to one class.
  void write(const double* reduced_coef, const double* reduced_intercept, double* coef,
             double* intercept) const;
  /// The same of the linear predictors of a row.
  void write_predictor(const double* reduced, double* predictor) const;

 private:
  Index n_present() const { return static_cast<Index>(present_.size()); }
  void find_classes();
  void reduce();

  const LogisticData<T>& data_;
  std::vector<std::int32_t> present_;  ///< classes, ascending
  bool reduces_;
  double limit_ = 0.0;  ///< the intercept of empty classes
  std::vector<std::int32_t> label_;
  std::vector<double> prior_mean_;
  std::vector<double> offset_;
  LogisticData<T> reduced_;
};

/// Whether an intercept is one of a class that was empty, or a mean of such ones.
bool is_limit(std::span<const double> intercept);

/// The fits of a path, where `fit` makes those of a problem without empty classes: infos =
/// fit(data, start, coef, intercept).
template <Real T, class Fit>
std::vector<LogisticInfo> fit_present_classes(const LogisticData<T>& data, std::size_t n_alphas,
                                              const LogisticOptions& options,
                                              std::span<const double> start, std::span<double> coef,
                                              std::span<double> intercept, Fit fit) {
  const PresentClasses<T> classes(data, options);
  std::vector<LogisticInfo> infos(n_alphas);
  const auto outputs = static_cast<std::size_t>(data.n_outputs());
  const std::size_t size = coef.size() / n_alphas;
  if (classes.is_single()) {
    classes.require_finite_rows();
    for (std::size_t a = 0; a < n_alphas; ++a) {
      infos[a].tolerance = options.tol;
      infos[a].reason = "all weight is in one class";
      classes.write(nullptr, nullptr, coef.data() + a * size, intercept.data() + a * outputs);
    }
  } else if (classes.is_reduced()) {
    const auto k = static_cast<std::size_t>(classes.reduced().n_outputs());
    const std::size_t part = size / outputs * k;
    std::vector<double> b(n_alphas * part), b0(n_alphas * k);
    infos = fit(classes.reduced(), std::span<const double>(classes.reduced_start(start)),
                std::span(b), std::span(b0));
    for (std::size_t a = 0; a < n_alphas; ++a) {
      classes.write(b.data() + a * part, b0.data() + a * k, coef.data() + a * size,
                    intercept.data() + a * outputs);
    }
  } else {
    const auto intercepts = start.empty() ? start : start.last(outputs);
    infos = fit(data, is_limit(intercepts) ? std::span<const double>() : start, coef, intercept);
  }
  for (auto& info : infos) info.n_empty_classes = static_cast<int>(classes.n_empty());
  return infos;
}

}  // namespace elltwo
