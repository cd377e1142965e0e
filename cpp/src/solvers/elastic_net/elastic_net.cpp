#include "elltwo/elastic_net.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "elltwo/bounded.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/elastic_net/dense_rows.hpp"
#include "solvers/elastic_net/grid.hpp"
#include "solvers/elastic_net/grouped_solver.hpp"
#include "solvers/elastic_net/grouped_wide.hpp"
#include "solvers/elastic_net/paths.hpp"
#include "solvers/elastic_net/ridge_points.hpp"
#include "solvers/elastic_net/validate.hpp"
#include "solvers/ridge/primal_moments.hpp"
#include "solvers/ridge/validate.hpp"

namespace elltwo {
namespace {

constexpr Index most_small_rows = 4096;

// Whether there is one target with few rows and nothing but X and y.
template <Real T>
bool is_plain(const RidgeData<T>& data, const Box& box) {
  return data.penalty_factors.empty() && data.prior_mean.empty() && data.sample_weight.empty() &&
         box.lower.empty() && box.upper.empty() && data.y.cols == 1 &&
         data.x.rows <= most_small_rows;
}

// A single alpha without a start or limits, where elastic_net_small() serves: the same bits by
// every road.
template <Real T>
bool small_paths(const RidgeData<T>& data, const Box& box, const ElasticNetOptions& options,
                 ElasticNetPaths& paths) {
  if constexpr (std::is_same_v<T, double>) {
    const ElasticNetOptions usual;
    if (data.alpha.size() != 1 || !options.start.empty() || options.max_features != 0) return false;
    if (options.tol != usual.tol || options.max_iter != usual.max_iter) return false;
    if (!is_plain(data, box) || data.x.cols > elastic_net_small_max_features) return false;
    ElasticNetPath path;
    ElasticNetInfo info{.tolerance = options.tol};
    const SmallElasticNet asked{data.alpha[0], options.l1_ratio, options.fit_intercept};
    if (!elastic_net_small(data.x, data.y, asked, path, info)) return false;
    paths.targets = {std::move(path)};
    paths.info = info;
    return true;
  }
  return false;
}

/// A dense problem in scaled coordinates.
template <Real T>
class DenseNet {
 public:
  DenseNet(const RidgeData<T>& data, const Box& box, const ElasticNetOptions& options,
           Monitor& monitor)
      : given_(data),
        box_(box),
        options_(options),
        alphas_(l2_alphas(data.alpha, options.l1_ratio)),
        scaled_(with_alphas(data, alphas_)),
        ridge_options_(ridge_options_of(options)),
        problem_(scaled_, ridge_options_, monitor) {}

  ElasticNetPaths l1_paths(const std::vector<double>& alphas) {
    auto paths = suits_gram_of(options_, {given_.x.rows, given_.x.cols, given_.y.cols})
                     ? on_gram(alphas)
                     : on_columns(alphas);
    paths.info.n_threads = std::max(paths.info.n_threads, n_threads());
    return paths;
  }

  void append_ridge(const std::vector<double>& alphas, ElasticNetPaths& paths) {
    throw_if_not_finite(given_, problem_.monitor());
    if (problem_.scales().x.empty()) problem_.scale_columns();
    const Means means = provisional_means();
    const DenseRows<T> rows(problem_, means);
    const auto fixed = vanishing();
    const auto frame = this->frame(means);
    const RidgeFit fit = [&](auto alpha, auto coef, auto intercept) {
      SolveInfo small{.tolerance = options_.tol};
      if (fits_small(alpha, coef, intercept, small)) return small;
      RidgeData<T> data = given_;
      data.alpha = alpha;
      const RidgeOptions asked = ridge_options_;
      return ridge_bounded(data, box_, asked, problem_.monitor(), coef, intercept);
    };
    append_ridge_points({fit, frame, fixed, rows, problem_.monitor()}, alphas, options_, paths);
  }

 private:
  PathRequest request(const std::vector<double>& alphas) const {
    return {alphas, given_.y.cols, default_ratio(given_.x.rows, given_.x.cols), options_};
  }

  ElasticNetPaths on_gram(const std::vector<double>& alphas) {
    PrimalMoments<T> moments(problem_);
    moments.compute_in_double();
    const DenseRows<T> rows(problem_, moments.means());
    const auto solver =
        solver_on_gram(moments.moments(), frame(moments.means()), pinned(moments.moments()),
                       options_, &rows, problem_.monitor());
    auto paths = solve_paths(*solver, request(alphas));
    ++paths.info.n_passes;
    return paths;
  }

  ElasticNetPaths on_columns(const std::vector<double>& alphas) {
    const NetDesign<T> design(problem_);
    const auto solver = solver_on_columns(design, terms(), options_, {}, problem_.monitor());
    return solve_paths(*solver, request(alphas));
  }

  static RidgeData<T> with_alphas(RidgeData<T> data, const std::vector<double>& alphas) {
    data.alpha = alphas;
    return data;
  }

  // As ridge() does without options, to the same bits.
  bool fits_small(std::span<const double> alpha, std::span<double> coef,
                  std::span<double> intercept, SolveInfo& info) const {
    if constexpr (std::is_same_v<T, double>) {
      if (!is_plain(given_, box_) || given_.x.cols > ridge_small_max_features) return false;
      return ridge_small(given_.x, given_.y, alpha[0], options_.fit_intercept, coef.data(),
                         intercept.data(), info);
    }
    return false;
  }

  int n_threads() const {
    const double n = static_cast<double>(given_.x.rows), p = static_cast<double>(given_.x.cols);
    return threads_for(options_.n_threads, n * p * p);
  }

  NetTerms terms() const {
    return {options_.l1_ratio, given_.penalty_factors, given_.prior_mean, box_};
  }

  NetFrame frame(const Means& means) const {
    return {{problem_.scales(), problem_.weight_scale()}, means, {}, terms()};
  }

  // Columns are compared with their size about zero.
  std::vector<char> pinned(const ScaledMoments& moments) const {
    std::vector<double> size;
    for (const double mean : moments.x_mean) size.push_back(moments.weight * mean * mean);
    return features_without_spread(moments, size, [&](Index j) { return problem_.vanishes(j); });
  }

  std::vector<char> vanishing() const {
    std::vector<char> fixed;
    for (Index j = 0; j < given_.x.cols; ++j) fixed.push_back(problem_.vanishes(j) ? 1 : 0);
    return fixed;
  }

  // Near the means of the scaled columns; zeros without an intercept.
  Means provisional_means() const {
    Means means{0.0, std::vector<double>(given_.x.cols, 0.0),
                std::vector<double>(given_.y.cols, 0.0)};
    if (!problem_.centred()) return means;
    means.x = provisional_mean(given_.x, problem_.sqrt_weight());
    means.y = provisional_mean(given_.y, problem_.sqrt_weight());
    for (Index j = 0; j < given_.x.cols; ++j) means.x[j] *= problem_.x_scale(j);
    for (Index t = 0; t < given_.y.cols; ++t) means.y[t] *= problem_.y_scale(t);
    return means;
  }

  const RidgeData<T>& given_;
  const Box& box_;
  const ElasticNetOptions& options_;
  std::vector<double> alphas_;
  RidgeData<T> scaled_;
  RidgeOptions ridge_options_;
  Problem<T> problem_;
};

}  // namespace

template <Real T>
ElasticNetPaths elastic_net(const RidgeData<T>& data, const Box& box,
                            const ElasticNetOptions& options, Monitor& monitor) {
  validate_elastic_net(data, box, options);
  const DividedAlphas alphas(data.alpha, options.l1_ratio);
  ElasticNetPaths paths;
  if (small_paths(data, box, options, paths)) return paths;
  paths.targets.resize(data.y.cols);
  const bool done = completed([&] {
    DenseNet<T> net(data, box, options, monitor);
    if (alphas.has_l1()) paths = net.l1_paths(alphas.l1);
    if (paths.info.status == Status::interrupted || alphas.ridge.empty()) return;
    net.append_ridge(alphas.ridge, paths);
  });
  if (!done) paths.info.status = Status::interrupted;
  finish_paths(data.x.cols, options, paths);
  return paths;
}

template ElasticNetPaths elastic_net<double>(const RidgeData<double>&, const Box&,
                                             const ElasticNetOptions&, Monitor&);
template ElasticNetPaths elastic_net<float>(const RidgeData<float>&, const Box&,
                                            const ElasticNetOptions&, Monitor&);

}  // namespace elltwo
