#include "solvers/logistic_alo/inverse_factors.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "gram/weighted.hpp"
#include "linalg/posdef.hpp"
#include "parallel/interruption.hpp"
#include "solvers/logistic/damped_factor.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

constexpr double rcond_for_float_leverages = 1e-5;  // below, leverages have fewer than two digits
constexpr Index most_columns_together =
    256;  // columns: beyond, packing is little beside the products
constexpr Index most_roots = Index{1} << 24;

/// The block of classes k and l of the Hessian at alpha number a.
struct Block {
  std::size_t a;
  Index k, l;
};

template <Real T>
class Hessians {
 public:
  Hessians(LogisticProblem<T>& problem, std::span<const double> alphas,
           std::span<const std::vector<double>> curvature, std::vector<InverseFactor>& out)
      : problem_(problem), alphas_(alphas), curvature_(curvature), out_(out) {}

  void take_columns();

  /// Factors those of the given numbers.
  template <Real Products>
  bool factor(const std::vector<std::size_t>& which);

 private:
  template <Real Products>
  bool form(std::span<const Block> blocks);
  template <Real Products>
  bool grams(const std::vector<const double*>& roots, std::vector<GramMatrix>& products) const;
  void take_roots(const Block& block, double* root) const;
  void place(const Block& block, const GramMatrix& products);
  void add_penalties(std::size_t a);
  bool factor_one(std::size_t a);

  LogisticProblem<T>& problem_;
  std::span<const double> alphas_;
  std::span<const std::vector<double>> curvature_;
  std::vector<InverseFactor>& out_;
};

template <Real T>
void Hessians<T>::take_columns() {
  out_.resize(alphas_.size());
  for (std::size_t a = 0; a < alphas_.size(); ++a) {
    problem_.set_alpha(alphas_[a]);
    out_[a].n_outputs = problem_.n_outputs();
    out_[a].columns.clear();
    for (Index j = 0; j < problem_.cols(); ++j) {
      if (j == problem_.n_features() || problem_.moves(j)) out_[a].columns.push_back(j);
    }
  }
}

// The roots of |d^2 loss / dz_k dz_l|: w p_k (1 - p_k), or w p_k p_l.
template <Real T>
void Hessians<T>::take_roots(const Block& block, double* root) const {
  const Index n = problem_.rows().n;
  const double* p = curvature_[block.a].data() + block.k * n;
  const double* q = curvature_[block.a].data() + block.l * n;
  const double* w = problem_.rows().weights();
  for (Index i = 0; i < n; ++i) {
    if (problem_.n_outputs() == 1) {
      root[i] = std::sqrt(p[i]);
    } else {
      const double other = block.k == block.l ? std::max(0.0, 1.0 - p[i]) : q[i];
      root[i] = std::sqrt((w != nullptr ? w[i] : 1.0) * p[i] * other);
    }
  }
}

template <Real T>
void Hessians<T>::place(const Block& block, const GramMatrix& products) {
  auto& to = out_[block.a];
  const double sign = block.k == block.l ? 1.0 : -1.0;
  const auto a = static_cast<Index>(to.columns.size());
  for (Index c = 0; c < a; ++c) {
    double* column = to.v.data() + (block.k * a + c) * to.size() + block.l * a;
    const Index i = to.columns[c];
    for (Index r = block.k == block.l ? c : 0; r < a; ++r) {
      const Index j = to.columns[r];
      column[r] = sign * products(std::min(i, j), std::max(i, j));
    }
  }
}

template <Real T>
template <Real Products>
bool Hessians<T>::grams(const std::vector<const double*>& roots,
                        std::vector<GramMatrix>& products) const {
  const int n_threads = problem_.options().n_threads;
  if (problem_.cols() <= most_columns_together) {
    return completed([&] {
      products = weighted_grams<T, Products>(problem_.source(problem_.rows()), roots, n_threads,
                                             problem_.monitor());
    });
  }
  for (const double* root : roots) {
    const auto form_one = [&] {
      products.push_back(
          gram<T, Products>(problem_.source(problem_.rows(), root), n_threads, problem_.monitor()));
    };
    if (!completed(form_one)) return false;
  }
  return true;
}

template <Real T>
template <Real Products>
bool Hessians<T>::form(std::span<const Block> blocks) {
  const Index n = problem_.rows().n;
  Buffer<double> values(static_cast<Index>(blocks.size()) * n);
  std::vector<const double*> roots;
  for (const auto& block : blocks) {
    double* root = values.data() + static_cast<Index>(roots.size()) * n;
    take_roots(block, root);
    roots.push_back(root);
  }
  std::vector<GramMatrix> products;
  if (!grams<Products>(roots, products)) return false;
  for (std::size_t b = 0; b < blocks.size(); ++b) place(blocks[b], products[b]);
  return true;
}

// Of the mean of the classes only the penalty is the Hessian: a block of the size of the data's serves
// as well, since nothing that is asked for lies there.
template <Real T>
void Hessians<T>::add_penalties(std::size_t number) {
  auto& to = out_[number];
  problem_.set_alpha(alphas_[number]);
  const auto a = static_cast<Index>(to.columns.size());
  const Index m = to.size();
  for (Index c = 0; c < a; ++c) {
    const Index j = to.columns[c];
    double mean = 0.0;
    for (Index k = 0; k < to.n_outputs; ++k) {
      mean += to.v[(k * a + c) * (m + 1)] / static_cast<double>(to.n_outputs);
    }
    for (Index k = 0; k < to.n_outputs; ++k) {
      if (j < problem_.n_features()) to.v[(k * a + c) * (m + 1)] += problem_.penalty(j);
      for (Index l = k; l < to.n_outputs && to.n_outputs > 1; ++l) {
        to.v[(k * a + c) * m + l * a + c] += mean;
      }
    }
  }
}

template <Real T>
bool Hessians<T>::factor_one(std::size_t number) {
  auto& to = out_[number];
  std::vector<double> sizes;
  for (Index k = 0; k < to.n_outputs; ++k) {
    for (const Index j : to.columns) sizes.push_back(problem_.column_size(j));
  }
  const auto fill = [&](double* lower) { std::copy(to.v.begin(), to.v.end(), lower); };
  std::optional<PosDefSystem> system;
  if (!factor_damped(sizes, fill, problem_.options().n_threads, problem_.monitor(), system)) {
    return false;
  }
  if (!system) return true;
  to.rcond = system->rcond();
  to.v = system->inverse_factor();
  return true;
}

template <Real T>
template <Real Products>
bool Hessians<T>::factor(const std::vector<std::size_t>& which) {
  std::vector<Block> blocks;
  for (const auto a : which) {
    out_[a].v = Buffer<double>::zeros(out_[a].size() * out_[a].size());
    for (Index k = 0; k < out_[a].n_outputs; ++k) {
      for (Index l = k; l < out_[a].n_outputs; ++l) blocks.push_back({a, k, l});
    }
  }
  const Index numbers = problem_.rows().n + problem_.cols() * problem_.cols();
  const Index together = std::max<Index>(1, most_roots / numbers);
  for (std::size_t b = 0; b < blocks.size(); b += together) {
    const auto some =
        std::span(blocks).subspan(b, std::min<std::size_t>(together, blocks.size() - b));
    if (!form<Products>(some)) return false;
  }
  for (const auto a : which) {
    add_penalties(a);
    if (!factor_one(a)) return false;
  }
  return true;
}

}  // namespace

bool float_suits(Index columns, double rcond) {
  return columns >= enough_for_float && rcond >= rcond_for_float_leverages;
}

template <Real T>
bool inverse_factors(LogisticProblem<T>& problem, std::span<const double> alphas,
                     std::span<const std::vector<double>> curvature,
                     std::vector<InverseFactor>& out) {
  Hessians<T> hessians(problem, alphas, curvature, out);
  hessians.take_columns();
  std::vector<std::size_t> all, rest;
  for (std::size_t a = 0; a < alphas.size(); ++a) all.push_back(a);
  if (!float_suits(problem.cols(), 1.0)) return hessians.template factor<double>(all);
  if (!hessians.template factor<float>(all)) return false;
  for (const auto a : all) {
    if (!float_suits(problem.cols(), out[a].rcond)) rest.push_back(a);
  }
  return hessians.template factor<double>(rest);
}

template bool inverse_factors<double>(LogisticProblem<double>&, std::span<const double>,
                                      std::span<const std::vector<double>>,
                                      std::vector<InverseFactor>&);
template bool inverse_factors<float>(LogisticProblem<float>&, std::span<const double>,
                                     std::span<const std::vector<double>>,
                                     std::vector<InverseFactor>&);

}  // namespace elltwo
