#include "solvers/logistic_inverse.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic_factor.hpp"

namespace elltwo {
namespace {

constexpr Index enough_for_float = 48;    // columns; narrower products gain nothing
constexpr double rcond_for_float = 1e-5;  // below, leverages have fewer than two digits

template <Real T>
class HessianOfClasses {
 public:
  HessianOfClasses(const LogisticProblem<T>& problem, const double* curvature, InverseFactor& out)
      : problem_(problem), curvature_(curvature), out_(out) {}

  template <Real Products>
  bool factor();

 private:
  template <Real Products>
  bool add_products(Index k, Index l, Buffer<double>& lower) const;
  double root_curvature(Index k, Index l, Index i) const;
  void add_penalties(Buffer<double>& lower) const;

  Index per_output() const { return static_cast<Index>(out_.columns.size()); }

  const LogisticProblem<T>& problem_;
  const double* curvature_;
  InverseFactor& out_;
};

// The root of |d^2 loss / dz_k dz_l|, w p_k (1 - p_k) or w p_k p_l.
template <Real T>
double HessianOfClasses<T>::root_curvature(Index k, Index l, Index i) const {
  if (out_.n_outputs == 1) return std::sqrt(curvature_[i]);
  const Index n = problem_.rows().n;
  const double p = curvature_[k * n + i];
  const double q = k == l ? 1.0 - p : curvature_[l * n + i];
  const double w = problem_.rows().weights() != nullptr ? problem_.rows().weights()[i] : 1.0;
  return std::sqrt(std::max(0.0, w * p * q));
}

template <Real T>
template <Real Products>
bool HessianOfClasses<T>::add_products(Index k, Index l, Buffer<double>& lower) const {
  const Index n = problem_.rows().n;
  Buffer<double> root(n);
  for (Index i = 0; i < n; ++i) root[i] = root_curvature(k, l, i);
  GramMatrix products;
  if (!gram<T, Products>(problem_.source(problem_.rows(), root.data()),
                         problem_.options().n_threads, problem_.monitor(), products)) {
    return false;
  }
  const double sign = k == l ? 1.0 : -1.0;
  const Index a = per_output(), m = out_.size();
  for (Index c = 0; c < a; ++c) {
    for (Index r = k == l ? c : 0; r < a; ++r) {
      const Index i = out_.columns[static_cast<std::size_t>(c)];
      const Index j = out_.columns[static_cast<std::size_t>(r)];
      lower[(k * a + c) * m + l * a + r] = sign * products(std::min(i, j), std::max(i, j));
    }
  }
  return true;
}

// Of the mean of the classes only the penalty is the Hessian: a block of the size of the data's serves
// as well, since nothing that is asked for lies there.
template <Real T>
void HessianOfClasses<T>::add_penalties(Buffer<double>& lower) const {
  const Index a = per_output(), m = out_.size();
  for (Index c = 0; c < a; ++c) {
    const Index j = out_.columns[static_cast<std::size_t>(c)];
    double mean = 0.0;
    for (Index k = 0; k < out_.n_outputs; ++k) {
      mean += lower[(k * a + c) * (m + 1)] / static_cast<double>(out_.n_outputs);
    }
    for (Index k = 0; k < out_.n_outputs; ++k) {
      if (j < problem_.n_features()) lower[(k * a + c) * (m + 1)] += problem_.penalty(j);
      for (Index l = k; l < out_.n_outputs && out_.n_outputs > 1; ++l) {
        lower[(k * a + c) * m + l * a + c] += mean;
      }
    }
  }
}

template <Real T>
template <Real Products>
bool HessianOfClasses<T>::factor() {
  const Index m = out_.size();
  auto hessian = Buffer<double>::zeros(m * m);
  for (Index k = 0; k < out_.n_outputs; ++k) {
    for (Index l = k; l < out_.n_outputs; ++l) {
      if (!add_products<Products>(k, l, hessian)) return false;
    }
  }
  add_penalties(hessian);
  std::vector<double> sizes(static_cast<std::size_t>(m));
  for (Index i = 0; i < m; ++i) {
    sizes[static_cast<std::size_t>(i)] =
        problem_.column_size(out_.columns[static_cast<std::size_t>(i % per_output())]);
  }
  const auto fill = [&](double* lower) { std::copy(hessian.begin(), hessian.end(), lower); };
  std::optional<PosDefSystem> system;
  if (!factor_damped(sizes, fill, problem_.options().n_threads, problem_.monitor(), system)) {
    return false;
  }
  if (!system) return true;
  out_.rcond = system->rcond();
  out_.v = system->inverse_factor();
  return true;
}

}  // namespace

template <Real T>
bool inverse_factor(const LogisticProblem<T>& problem, const double* curvature,
                    InverseFactor& out) {
  out.n_outputs = problem.n_outputs();
  out.columns.clear();
  for (Index j = 0; j < problem.cols(); ++j) {
    if (j == problem.n_features() || problem.moves(j)) out.columns.push_back(j);
  }
  HessianOfClasses<T> hessian(problem, curvature, out);
  if (problem.cols() >= enough_for_float) {
    if (!hessian.template factor<float>()) return false;
    if (out.rcond >= rcond_for_float) return true;
  }
  return hessian.template factor<double>();
}

template bool inverse_factor<double>(const LogisticProblem<double>&, const double*, InverseFactor&);
template bool inverse_factor<float>(const LogisticProblem<float>&, const double*, InverseFactor&);

}  // namespace elltwo
