#pragma once

#include <vector>

#include "elltwo/logistic.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {

/// A problem of many classes. Empty vectors have the same meaning as in LogisticData.
struct MultinomialCase {
  Matrix<double> x;
  std::vector<std::int32_t> label;
  Index n_classes = 3;
  double alpha = 1.0;
  std::vector<double> factors{};
  std::vector<double> prior{};
  std::vector<double> weight{};
  std::vector<double> offset{};
  bool fit_intercept = true;

  LogisticData<double> data() const {
    return {.x = x.view(),
            .label = label,
            .n_classes = n_classes,
            .penalty_factors = factors,
            .prior_mean = prior,
            .sample_weight = weight,
            .offset = offset,
            .rows = {}};
  }
};

/// n x p features, and labels drawn from a linear model so that no class is sure.
MultinomialCase random_multinomial(Index n, Index p, Index n_classes, std::uint64_t seed);

/// Gradient and Hessian, K (p + 1) square with the intercept last, of the objective at theta.
struct MultinomialDerivatives {
  Wide objective = 0.0L;
  std::vector<Wide> gradient;
  Matrix<Wide> hessian;
};
MultinomialDerivatives derivatives(const MultinomialCase& problem, const std::vector<Wide>& theta);

/// Coefficients K x (p + 1) at the minimum, the intercept last, by Newton's method in long double.
std::vector<Wide> reference_multinomial(const MultinomialCase& problem);

/// Solves a x = b with a positive definite.
std::vector<Wide> solve_posdef(Matrix<Wide> a, std::vector<Wide> b);

}  // namespace elltwo::test
