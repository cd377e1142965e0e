#include "elltwo/logistic_left_out.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "gram/stream.hpp"
#include "parallel/interruption.hpp"
#include "solvers/logistic/present_classes.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/logistic/wide_problem.hpp"
#include "solvers/logistic_alo/approximate_loo.hpp"

namespace elltwo {
namespace {

constexpr std::size_t most_predictors_in_pass = 32;

// The linear predictors of all rows, with offsets, for some fits: outputs x n each, in one pass.
// theta holds their points.
template <Real T>
void predictors_of_group(const LogisticData<T>& data, const LogisticProblem<T>& problem,
                         const std::vector<double>& theta, std::span<std::vector<double>> z) {
  const Index n = data.x.rows, outputs = data.n_outputs();
  LogisticRows all;
  all.n = n;
  for (auto& of_fit : z) of_fit.resize(n * outputs);
  const auto keep = [&](Index k0, Index kc, double* f, Index ld) {
    for (std::size_t a = 0; a < z.size(); ++a) {
      for (Index o = 0; o < outputs; ++o) {
        const double* from = f + (static_cast<Index>(a) * outputs + o) * ld;
        double* to = z[a].data() + o * n + k0;
        for (Index k = 0; k < kc; ++k) {
          const Index at = (k0 + k) * outputs + o;
          to[k] = from[k];
          if (!data.offset.empty()) to[k] += data.offset[at] + problem.offset_shift(o);
        }
      }
    }
    std::fill_n(f, static_cast<Index>(z.size()) * outputs * ld, 0.0);
  };
  stream_pass(problem.source(all), static_cast<Index>(z.size()) * outputs, theta.data(), keep,
              problem.options().n_threads, problem.monitor());
}

// The fits of a grid of alphas, in the user's units.
struct Fits {
  std::span<const double> alphas;
  std::span<const double> coef;       ///< alphas x outputs x features
  std::span<const double> intercept;  ///< alphas x outputs
};

template <Real T>
void predictors(const LogisticData<T>& data, LogisticProblem<T>& problem, const Fits& fits,
                std::span<std::vector<double>> z) {
  const auto& [alphas, coef, intercept] = fits;
  const Index outputs = data.n_outputs();
  const auto size = outputs * data.x.cols;
  const auto together = std::max<std::size_t>(1, most_predictors_in_pass / outputs);
  for (std::size_t first = 0; first < alphas.size(); first += together) {
    const auto count = std::min(together, alphas.size() - first);
    std::vector<double> theta;
    for (std::size_t a = first; a < first + count; ++a) {
      const auto b = coef.subspan(a * size, size);
      const auto b0 = intercept.subspan(a * outputs, outputs);
      std::vector<double> both(b.begin(), b.end());
      both.insert(both.end(), b0.begin(), b0.end());
      problem.set_alpha(alphas[a]);
      const auto scaled = problem.to_scaled(both);
      theta.insert(theta.end(), scaled.begin(), scaled.end());
    }
    predictors_of_group(data, problem, theta, z.subspan(first, count));
  }
}

// The step in the space of the rows: leverages are those of the reduced problem.
template <Real T>
LeftOutHessian wide_approximate_loo(const LogisticData<T>& data, std::span<const double> alphas,
                                    const LogisticOptions& options, Monitor& monitor,
                                    std::span<std::vector<double>> z) {
  WideProblem<T> wide(data, options, monitor);
  wide.prepare(WideProblem<T>::Products::in_double);
  const auto reduced = wide.reduced_data();
  const auto& rows = wide.rows();
  const Index outputs = data.n_outputs();
  const auto n = data.label.size();
  std::vector<double> reduced_alphas;
  std::vector<std::vector<double>> of_rows(alphas.size());
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    reduced_alphas.push_back(wide.reduced_alpha(alphas[a]));
    for (Index o = 0; o < outputs; ++o) {
      for (const Index i : rows) of_rows[a].push_back(z[a][o * n + i]);
    }
  }
  ApproximateLoo<double> loo(reduced, options, monitor);
  loo.problem().prepare();
  loo.run(reduced_alphas, of_rows);
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    for (Index o = 0; o < outputs; ++o) {
      for (std::size_t k = 0; k < rows.size(); ++k) {
        z[a][o * n + rows[k]] = of_rows[a][o * rows.size() + k];
      }
    }
  }
  return loo.hessian();
}

template <Real T>
void require_moderate_size(const LogisticData<T>& data) {
  const Index columns = WideProblem<T>::suits(data) ? data.x.rows : data.x.cols;
  if (columns < left_out_limit) return;
  throw std::invalid_argument(
      "approximate leave-one-out takes a matrix of all features or rows, fewer than " +
      std::to_string(left_out_limit) + ", got " + std::to_string(columns) + "; use folds");
}

// The left-out predictors of all classes that data have, alphas x n x outputs.
template <Real T>
Status left_out(const LogisticData<T>& data, const LogisticOptions& options, Monitor& monitor,
                const Fits& fits, std::span<double> predictor, LeftOutHessian& hessian) {
  const auto alphas = fits.alphas;
  std::vector<std::vector<double>> z(alphas.size());
  const bool done = completed([&] {
    ApproximateLoo<T> loo(data, options, monitor);
    loo.problem().prepare();
    predictors(data, loo.problem(), fits, z);
    if (WideProblem<T>::suits(data)) {
      hessian = wide_approximate_loo<T>(data, alphas, options, monitor, z);
    } else {
      hessian = loo.hessian();
      loo.run(alphas, z);
    }
  });
  if (!done) return Status::interrupted;
  const Index outputs = data.n_outputs();
  const auto n = data.label.size();
  for (std::size_t a = 0; a < z.size(); ++a) {
    for (std::size_t i = 0; i < n; ++i) {
      for (Index o = 0; o < outputs; ++o) {
        predictor[(a * n + i) * outputs + o] = z[a][o * n + i];
      }
    }
  }
  return Status::converged;
}

}  // namespace

template <Real T>
Status logistic_left_out(const LogisticData<T>& data, std::span<const double> alphas,
                         const LogisticOptions& options, Monitor& monitor,
                         std::span<const double> coef, std::span<const double> intercept,
                         std::span<double> predictor, LeftOutHessian* hessian) {
  LeftOutHessian unread;
  auto& used = hessian != nullptr ? *hessian : unread;
  used = LeftOutHessian::exact;
  validate(data, alphas, options, {});
  require_moderate_size(data);
  if (!data.rows.empty()) throw std::invalid_argument("rows: all rows are left out in turn");
  const PresentClasses<T> classes(data, options);
  const auto outputs = static_cast<std::size_t>(data.n_outputs());
  if (!classes.is_reduced()) {
    return left_out<T>(data, options, monitor, {alphas, coef, intercept}, predictor, used);
  }
  std::vector<double> reduced;
  std::size_t k = 0;  // outputs of the fits without empty classes
  if (!classes.is_single()) {
    k = classes.reduced().n_outputs();
    std::vector<double> b, b0;
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      const std::size_t size = outputs * data.x.cols;
      const auto b_a = classes.reduced_coef(coef.subspan(a * size, size));
      const auto b0_a = classes.reduced_intercept(intercept.subspan(a * outputs, outputs));
      b.insert(b.end(), b_a.begin(), b_a.end());
      b0.insert(b0.end(), b0_a.begin(), b0_a.end());
    }
    reduced.resize(predictor.size() / outputs * k);
    const auto status =
        left_out<T>(classes.reduced(), options, monitor, {alphas, b, b0}, reduced, used);
    if (status != Status::converged) return status;
  }
  for (std::size_t row = 0; row < predictor.size() / outputs; ++row) {
    classes.write_predictor(k > 0 ? reduced.data() + row * k : nullptr,
                            predictor.data() + row * outputs);
  }
  return Status::converged;
}

template Status logistic_left_out<double>(const LogisticData<double>&, std::span<const double>,
                                          const LogisticOptions&, Monitor&, std::span<const double>,
                                          std::span<const double>, std::span<double>,
                                          LeftOutHessian*);
template Status logistic_left_out<float>(const LogisticData<float>&, std::span<const double>,
                                         const LogisticOptions&, Monitor&, std::span<const double>,
                                         std::span<const double>, std::span<double>,
                                         LeftOutHessian*);

}  // namespace elltwo
