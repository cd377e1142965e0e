#include "solvers/network/gauss_newton.hpp"

#include <algorithm>

#include "linalg/blas.hpp"
#include "linalg/lapack.hpp"
#include "solvers/network/head_system.hpp"

namespace elltwo::network {
namespace {

/// What is added to the diagonal of the products of the last layer's inputs, relative to it, where
/// they are singular to working precision.
template <Real T>
constexpr double first_lift = std::same_as<T, float> ? 1e-6 : 1e-13;

template <Real T>
PairColumns<T> slope_pairs(const NetworkModel& model, const DerivativeRows<T>& rows, Index l,
                           Index m) {
  const Index outputs = model.n_outputs();
  return {.u = rows.slopes(l),
          .ld_u = rows.ld_slopes(l),
          .n_u = model.outputs(l),
          .v = rows.slopes(m),
          .ld_v = rows.ld_slopes(m),
          .n_v = model.outputs(m),
          .upper = l == m,
          .n_terms = outputs,
          .next_u = rows.ld_slopes(l) / outputs,
          .next_v = rows.ld_slopes(m) / outputs};
}

template <Real T>
PairColumns<T> input_pairs(const DerivativeRows<T>& rows, Index l, Index m) {
  return {.u = rows.inputs(l),
          .ld_u = rows.ld_inputs(l),
          .n_u = rows.ld_inputs(l),
          .v = rows.inputs(m),
          .ld_v = rows.ld_inputs(m),
          .n_v = rows.ld_inputs(m),
          .upper = l == m};
}

/// The derivatives of an output by the parameters of a hidden layer, unit by unit.
template <Real T>
PairColumns<T> derivatives_of(const NetworkModel& model, const DerivativeRows<T>& rows, Index l,
                              Index output) {
  return {.u = rows.slopes(l) + output * (rows.ld_slopes(l) / model.n_outputs()),
          .ld_u = rows.ld_slopes(l),
          .n_u = model.outputs(l),
          .v = rows.inputs(l),
          .ld_v = rows.ld_inputs(l),
          .n_v = rows.ld_inputs(l)};
}

}  // namespace

template <Real T>
GaussNewton<T>::GaussNewton(const NetworkModel& model)
    : model_(model),
      q_(model.weights_at(model.n_layers() - 1)),
      n_features_(model.inputs(model.n_layers() - 1) + 1),
      features_{.l = 0, .m = 0, .ld = 0, .sums = {}} {
  const Index n_hidden = model.n_layers() - 1;
  for (Index l = 0; l < n_hidden; ++l) {
    for (Index m = l; m < n_hidden; ++m) hidden_.push_back({.l = l, .m = m, .ld = 0, .sums = {}});
    for (Index t = 0; t < model.n_outputs(); ++t) {
      couplings_.push_back({.l = l, .m = t, .ld = 0, .sums = {}});
    }
  }
}

template <Real T>
void GaussNewton<T>::clear() {
  // Sums have no room before the first rows.
  for (Block& block : hidden_) std::ranges::fill(block.sums, 0.0);
  for (Block& block : couplings_) std::ranges::fill(block.sums, 0.0);
  std::ranges::fill(features_.sums, 0.0);
}

template <Real T>
void GaussNewton<T>::add(const DerivativeRows<T>& rows, int n_threads, Monitor& monitor) {
  const auto add_block = [&](Block& block, const PairColumns<T>& left,
                             const PairColumns<T>& right) {
    if (block.ld == 0) {
      block.ld = pair_products_ld(right);
      block.sums = Buffer<double>::zeros(left.size() * block.ld);
    }
    add_pair_products(rows.n(), left, right, n_threads, monitor, block.sums.data());
  };
  for (Block& block : hidden_) {
    add_block(block, slope_pairs(model_, rows, block.l, block.m),
              input_pairs(rows, block.l, block.m));
  }
  const auto features = plain_columns(rows.features(), n_features_, n_features_);
  for (Block& block : couplings_) {
    add_block(block, features, derivatives_of(model_, rows, block.l, block.m));
  }
  add_block(features_, features, features);
}

/// The block of a layer, of which sums have pairs of units k <= m and of inputs i <= j.
template <Real T>
void GaussNewton<T>::within(const Block& block, double scale, double* lower, Index ld) const {
  const Index units = model_.outputs(block.l);
  const Index inputs = model_.inputs(block.l) + 1;
  const double* line = block.sums.data();
  for (Index k = 0; k < units; ++k) {
    for (Index m = k; m < units; ++m, line += block.ld) {
      const double* value = line;
      for (Index i = 0; i < inputs; ++i) {
        for (Index j = i; j < inputs; ++j, ++value) {
          lower[at(block.l, i, k) * ld + at(block.l, j, m)] = scale * *value;
          const auto [col, row] = std::minmax({at(block.l, j, k), at(block.l, i, m)});
          lower[col * ld + row] = scale * *value;
        }
      }
    }
  }
}

template <Real T>
void GaussNewton<T>::between(const Block& block, double scale, double* lower, Index ld) const {
  const double* line = block.sums.data();
  for (Index k = 0; k < model_.outputs(block.l); ++k) {
    for (Index m = 0; m < model_.outputs(block.m); ++m, line += block.ld) {
      const double* value = line;
      for (Index i = 0; i <= model_.inputs(block.l); ++i) {
        for (Index j = 0; j <= model_.inputs(block.m); ++j, ++value) {
          lower[at(block.l, i, k) * ld + at(block.m, j, m)] = scale * *value;
        }
      }
    }
  }
}

template <Real T>
void GaussNewton<T>::hidden_blocks(double scale, double* lower, Index ld) const {
  for (const Block& block : hidden_) {
    if (block.l == block.m) {
      within(block, scale, lower, ld);
    } else {
      between(block, scale, lower, ld);
    }
  }
  for (Index l = 0; l + 1 < model_.n_layers(); ++l) {
    for (Index i = model_.weights_at(l); i < model_.intercepts_at(l); ++i) {
      lower[i * ld + i] += model_.alpha_of(l);
    }
  }
}

/// Products of hidden parameters with the inputs i of the last layer for output t, in column
/// t * n_features + i.
template <Real T>
void GaussNewton<T>::couplings(double scale, double* out, Index ld) const {
  for (const Block& block : couplings_) {
    for (Index i = 0; i < n_features_; ++i) {
      const double* value = block.sums.data() + i * block.ld;
      double* column = out + (block.m * n_features_ + i) * ld;
      for (Index k = 0; k < model_.outputs(block.l); ++k) {
        for (Index j = 0; j <= model_.inputs(block.l); ++j) {
          column[at(block.l, j, k)] = scale * *value++;
        }
      }
    }
  }
}

/// The Cholesky factor of the products of the last layer's inputs with the penalty. False if
/// numbers overflow.
template <Real T>
bool GaussNewton<T>::factor_head(double scale, Buffer<double>& factor) const {
  const Index n = n_features_;
  const HeadSystem equations{.n = n,
                             .sums = features_.sums,
                             .ld = features_.ld,
                             .scale = scale,
                             .alpha = model_.alpha_of(model_.n_layers() - 1)};
  return equations.solved(first_lift<T>, [&](Buffer<double> lower) {
    factor = std::move(lower);
    return lapack::potrf(blas::Uplo::lower, n, factor.data(), n);
  });
}

template <Real T>
bool GaussNewton<T>::reduced(double scale, double* lower) const {
  hidden_blocks(scale, lower, q_);
  const Index n_columns = n_features_ * model_.n_outputs();
  Buffer<double> coupling(q_ * n_columns);
  couplings(scale, coupling.data(), q_);
  Buffer<double> factor;
  if (!factor_head(scale, factor)) return false;
  for (Index t = 0; t < model_.n_outputs(); ++t) {
    blas::trsm(blas::Side::right, blas::Uplo::lower, blas::Op::transpose, q_, n_features_,
               factor.data(), n_features_, coupling.data() + t * n_features_ * q_, q_);
  }
  blas::syrk(blas::Uplo::lower, q_, n_columns, -1.0, coupling.data(), q_, 1.0, lower, q_);
  return true;
}

template <Real T>
void GaussNewton<T>::whole(double* lower) const {
  const Index size = model_.n_parameters();
  const Index outputs = model_.n_outputs();
  const double alpha = model_.alpha_of(model_.n_layers() - 1);
  std::fill_n(lower, size * size, 0.0);
  hidden_blocks(1.0, lower, size);
  Buffer<double> coupling(q_ * n_features_ * outputs);
  couplings(1.0, coupling.data(), q_);
  for (Index i = 0; i < n_features_; ++i) {
    for (Index t = 0; t < outputs; ++t) {
      const Index row = q_ + i * outputs + t;
      const double* column = coupling.data() + (t * n_features_ + i) * q_;
      for (Index j = 0; j < q_; ++j) lower[j * size + row] = column[j];
      for (Index j = i; j < n_features_; ++j) {
        lower[row * size + q_ + j * outputs + t] = features_.sums[i * features_.ld + j];
      }
      if (i + 1 < n_features_) lower[row * size + row] += alpha;
    }
  }
}

template class GaussNewton<float>;
template class GaussNewton<double>;

}  // namespace elltwo::network
