#include <algorithm>

#include "elltwo/bounded.hpp"
#include "elltwo/elastic_net.hpp"
#include "parallel/interruption.hpp"
#include "solvers/elastic_net/grid.hpp"
#include "solvers/elastic_net/grouped_solver.hpp"
#include "solvers/elastic_net/grouped_wide.hpp"
#include "solvers/elastic_net/paths.hpp"
#include "solvers/elastic_net/ridge_points.hpp"
#include "solvers/elastic_net/sparse_rows.hpp"
#include "solvers/elastic_net/validate.hpp"
#include "solvers/ridge_sparse/moments.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

/// A sparse problem in scaled coordinates, its values in double.
class SparseNet {
 public:
  SparseNet(SparseRows<double> rows, const RidgeData<double>& data, const Box& box,
            const ElasticNetOptions& options, Monitor& monitor)
      : box_(box),
        options_(options),
        alphas_(l2_alphas(data.alpha, options.l1_ratio)),
        data_(data),
        ridge_options_(ridge_options_of(options)),
        shift_(options.fit_intercept ? shift_full_columns(rows) : std::vector<double>()),
        problem_(with_alphas(), ridge_options_, monitor),
        design_(problem_, std::move(rows)) {}

  ElasticNetPaths l1_paths(const std::vector<double>& alphas) {
    const PathRequest request{alphas, data_.y.cols, default_ratio(data_.x.rows, data_.x.cols),
                              options_};
    if (!suits_gram_of(options_, {data_.x.rows, data_.x.cols, data_.y.cols})) {
      const auto solver = solver_on_columns(design_, terms(), options_, shift_, problem_.monitor());
      return solve_paths(*solver, request);
    }
    const auto sums = moments();
    const auto rows = design_rows();
    const auto solver =
        solver_on_gram(sums, frame(), design_.pinned(), options_, &rows, problem_.monitor());
    auto paths = solve_paths(*solver, request);
    ++paths.info.n_passes;
    return paths;
  }

  /// `fit` is ridge regression of the rows as they were given.
  void append_ridge(const RidgeFit& fit, const std::vector<double>& alphas,
                    ElasticNetPaths& paths) {
    const auto rows = design_rows();
    const auto own = frame();
    const auto fixed = design_.pinned();
    append_ridge_points({fit, own, fixed, rows, problem_.monitor()}, alphas, options_, paths);
  }

 private:
  const RidgeData<double>& with_alphas() {
    data_.alpha = alphas_;
    return data_;
  }

  SparseDesignRows design_rows() const {
    return {design_.sparse_design(), options_.fit_intercept, options_.n_threads};
  }

  NetTerms terms() const {
    return {options_.l1_ratio, data_.penalty_factors, data_.prior_mean, box_};
  }

  NetFrame frame() const { return {design_.units(), design_.means(), shift_, terms()}; }

  ScaledMoments moments() const {
    const bool centred = options_.fit_intercept;
    const Index n = data_.x.rows, n_targets = data_.y.cols;
    const std::vector<double> no_x(data_.x.cols, 0.0), no_y(n_targets, 0.0);
    const auto& rows = design_.sparse_design();
    const SparseGramInput<double> input{rows.x, row_major<double>(rows.y.data(), n, n_targets),
                                        rows.weight.data(), no_y, centred};
    auto gram = sparse_extended_gram(input, options_.n_threads, problem_.monitor());
    if (centred) return centred_moments(std::move(gram), no_x, no_y);
    return {.n_features = data_.x.cols,
            .n_targets = n_targets,
            .gram = std::move(gram),
            .x_mean = no_x,
            .y_mean = no_y};
  }

  const Box& box_;
  const ElasticNetOptions& options_;
  std::vector<double> alphas_;
  RidgeData<double> data_;
  RidgeOptions ridge_options_;
  std::vector<double> shift_;
  Problem<double> problem_;
  NetDesign<double> design_;
};

template <Real T>
RidgeData<double> in_double(const SparseView<T>& x, const RidgeData<T>& data) {
  return {.x = {nullptr, x.rows, x.cols, 0, 0},
          .y = data.y,
          .alpha = data.alpha,
          .penalty_factors = data.penalty_factors,
          .prior_mean = data.prior_mean,
          .sample_weight = data.sample_weight};
}

}  // namespace

template <Real T>
ElasticNetPaths sparse_elastic_net(const SparseView<T>& x, const RidgeData<T>& given,
                                   const Box& box, const ElasticNetOptions& options,
                                   Monitor& monitor) {
  const auto data = in_double(x, given);
  validate_elastic_net(data, box, options);
  const DividedAlphas alphas(data.alpha, options.l1_ratio);
  ElasticNetPaths paths;
  paths.targets.resize(data.y.cols);
  const bool done = completed([&] {
    SparseNet net(widened(checked_rows(x, options.n_threads)), data, box, options, monitor);
    if (alphas.has_l1()) paths = net.l1_paths(alphas.l1);
    if (paths.info.status == Status::interrupted || alphas.ridge.empty()) return;
    const RidgeFit fit = [&](auto alpha, auto coef, auto intercept) {
      RidgeData<T> own = given;
      own.alpha = alpha;
      return sparse_ridge_bounded(x, own, box, ridge_options_of(options), monitor, coef, intercept);
    };
    net.append_ridge(fit, alphas.ridge, paths);
  });
  if (!done) paths.info.status = Status::interrupted;
  finish_paths(x.cols, options, paths);
  return paths;
}

template ElasticNetPaths sparse_elastic_net<double>(const SparseView<double>&,
                                                    const RidgeData<double>&, const Box&,
                                                    const ElasticNetOptions&, Monitor&);
template ElasticNetPaths sparse_elastic_net<float>(const SparseView<float>&,
                                                   const RidgeData<float>&, const Box&,
                                                   const ElasticNetOptions&, Monitor&);

}  // namespace elltwo
