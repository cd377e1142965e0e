#include "solvers/logistic/separation.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

/// A residual above this many times the gradient excludes a direction that separates, unless all
/// its margins are below 1e-6 of a column's deviation.
constexpr double most_residual = 1e6;

/// Change of all predictors below which a step is hardly one along which the loss falls for ever:
/// Newton's step then changes some predictor by 1 at least, since with the direction d, residuals r
/// and curvatures h = r (1 - r), lambda_i = r_i - h_i s_i x_i . d would be a positive solution of
/// sum_i lambda_i s_i x_i = 0 otherwise.
constexpr double short_step = 1e-3;

/// Margins may be negative by this part of the largest one where there are too many coefficients
/// for find_recession().
constexpr double separation_noise = 1e-8;

/// Part of all columns, as a reciprocal, that are read one by one faster than by a pass.
constexpr Index few_columns = 8;

/// The smallest w p of a row and a class that is not its own; of two classes w p (1 - p).
template <Real T>
double least_residual(const LogisticObjective<T>& objective, const LogisticPoint& at) {
  const auto& rows = objective.rows();
  const Index outputs = objective.problem().n_outputs();
  double least = infinity;
  for (Index k = 0; k < outputs; ++k) {
    const double* p = at.curvature.data() + k * rows.n;
    for (Index i = 0; i < rows.n; ++i) {
      if (outputs == 1) least = std::min(least, p[i]);
      else if (rows.label[i] != k) least = std::min(least, rows.weight_of(i) * p[i]);
    }
  }
  return least;
}

/// w (1 - p) of every row, p being the probability of its class; of two classes w p (1 - p).
template <Real T>
std::vector<double> residuals_of_rows(const LogisticObjective<T>& objective,
                                      const LogisticPoint& at) {
  const auto& rows = objective.rows();
  if (objective.problem().n_outputs() == 1) return {at.curvature.begin(), at.curvature.end()};
  std::vector<double> residual(rows.n);
  for (Index i = 0; i < rows.n; ++i) {
    residual[i] = rows.weight_of(i) * (1.0 - at.curvature[rows.label[i] * rows.n + i]);
  }
  return residual;
}

/// A bound on the length of the gradient, in columns of unit deviation.
template <Real T>
double gradient_size(const LogisticObjective<T>& objective, const LogisticPoint& at,
                     double optimality) {
  double residual = 0.0;
  for (const double r : at.residual) residual = std::max(residual, r);
  const auto size = static_cast<double>(objective.problem().size());
  return std::max(optimality, least_optimality) * residual *
         std::sqrt(objective.problem().weight() * size);
}

/// Sets to zero the numbers that a bound stops. Of several classes what is common is subtracted
/// first, which changes no probability, such that coefficients move to the side without a bound.
void move_into_cone(const std::vector<signed char>& side, Index outputs, std::vector<double>& d) {
  const auto columns = static_cast<Index>(side.size());
  for (Index j = 0; j < columns; ++j) {
    if (side[j] == 0) continue;
    double least = d[j] * side[j];
    for (Index o = 0; o < outputs; ++o) least = std::min(least, d[o * columns + j] * side[j]);
    const double common = outputs == 1 ? 0.0 : least * side[j];
    for (Index o = 0; o < outputs; ++o) {
      double& v = d[o * columns + j];
      v -= common;
      if (v * side[j] < 0.0) v = 0.0;
    }
  }
}

}  // namespace

template <Real T>
FreeCone free_cone(const LogisticProblem<T>& problem) {
  FreeCone cone;
  for (Index j = 0; j < problem.cols(); ++j) {
    if (problem.column_penalty(j) == 0.0) cone.columns.push_back(j);
  }
  return cone;
}

template <Real T>
void ObjectiveColumns<T>::multiply(const double* direction, double* z) {
  const Index outputs = n_outputs();
  const Index cols = objective_.problem().cols();
  if (few_columns * n_columns() <= cols) {
    std::vector<double> x(n_columns());
    for (Index i = 0; i < n_rows(); ++i) {
      row(i, x.data());
      for (Index o = 0; o < outputs; ++o) {
        z[i * outputs + o] = dot(n_columns(), x.data(), direction + o * n_columns());
      }
    }
    return;
  }
  std::vector<double> full(outputs * cols, 0.0);
  for (Index o = 0; o < outputs; ++o) {
    for (Index j = 0; j < n_columns(); ++j) {
      full[o * cols + columns_[j]] = direction[o * n_columns() + j];
    }
  }
  const auto keep = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index o = 0; o < outputs; ++o) {
      for (Index k = 0; k < kc; ++k) {
        z[(k0 + k) * outputs + o] = f[o * ld + k];
        f[o * ld + k] = 0.0;
      }
    }
  };
  objective_.problem().pass(objective_.rows(), full.data(), keep);
}

template <Real T>
void ObjectiveColumns<T>::row(Index i, double* x) const {
  objective_.problem().row(objective_.rows(), i, columns_, x);
}

template <Real T>
std::vector<double> ObjectiveColumns<T>::part_of(const Buffer<double>& full) const {
  const Index cols = objective_.problem().cols();
  std::vector<double> part;
  for (Index o = 0; o < n_outputs(); ++o) {
    for (const Index j : columns_) part.push_back(full[o * cols + j]);
  }
  return part;
}

namespace {

template <Real T>
Margins margins_of(ObjectiveColumns<T>& x, const FreeCone& cone, const Buffer<double>& full,
                   LogisticInfo& info) {
  auto part = x.part_of(full);
  move_into_cone(cone.side, x.n_outputs(), part);
  ++info.n_passes;
  return margins_along(x, part.data());
}

}  // namespace

template <Real T>
bool found_separation(const LogisticObjective<T>& objective, const FreeCone& cone,
                      const LogisticPoint& at, const Buffer<double>& step, LogisticInfo& info) {
  ObjectiveColumns<T> x(objective, cone.columns);
  return margins_of(x, cone, at.theta, info).separate() ||
         margins_of(x, cone, step, info).separate();
}

template <Real T>
bool has_separation(const LogisticObjective<T>& objective, const FreeCone& cone,
                    const LogisticPoint& at, const Buffer<double>& step, LogisticInfo& info) {
  const double gradient = gradient_size(objective, at, info.optimality);
  const double residual = least_residual(objective, at);
  if (!(residual <= most_residual * gradient)) return false;
  ObjectiveColumns<T> x(objective, cone.columns);
  Monitor& monitor = objective.problem().monitor();
  if (some_rows_exclude_recession(x, residuals_of_rows(objective, at), monitor)) return false;
  const auto along = margins_of(x, cone, step, info);
  if (along.separate()) return true;
  const bool is_short = std::max(-along.least, along.largest) < short_step;
  if (is_short && residual > small_residual * gradient) return false;
  if (margins_of(x, cone, at.theta, info).separate()) return true;
  const bool moderate = x.n_outputs() * x.n_columns() <= most_recession_coefficients;
  const auto verdict = moderate ? find_recession(x, cone.side, monitor) : Recession::undecided;
  if (verdict != Recession::undecided) return verdict == Recession::exists;
  return along.largest > 0.0 && along.least >= -separation_noise * along.largest;
}

template class ObjectiveColumns<double>;
template class ObjectiveColumns<float>;
template FreeCone free_cone<double>(const LogisticProblem<double>&);
template FreeCone free_cone<float>(const LogisticProblem<float>&);
template bool found_separation<double>(const LogisticObjective<double>&, const FreeCone&,
                                       const LogisticPoint&, const Buffer<double>&, LogisticInfo&);
template bool found_separation<float>(const LogisticObjective<float>&, const FreeCone&,
                                      const LogisticPoint&, const Buffer<double>&, LogisticInfo&);
template bool has_separation<double>(const LogisticObjective<double>&, const FreeCone&,
                                     const LogisticPoint&, const Buffer<double>&, LogisticInfo&);
template bool has_separation<float>(const LogisticObjective<float>&, const FreeCone&,
                                    const LogisticPoint&, const Buffer<double>&, LogisticInfo&);

}  // namespace elltwo
