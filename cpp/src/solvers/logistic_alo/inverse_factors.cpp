#include "solvers/logistic_alo/inverse_factors.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "gram/weighted.hpp"
#include "linalg/blas.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/damped_factor.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/logistic_alo/contrasts.hpp"

namespace elltwo {
namespace {

/// Columns up to which several Gram matrices share a packed copy of the rows: with more of them
/// packing is little beside the products.
constexpr Index most_columns_together = 256;

/// Numbers in the row scales and Gram matrices that are formed together: 128 MB.
constexpr Index most_numbers_together = Index{1} << 24;

/// The products of the rows with the curvature of a pair k < l of classes at alpha number a, w p_k
/// p_l, or of two classes with w p (1 - p).
struct HessianBlock {
  std::size_t a;
  Index k, l;
};

/// Forms the Hessians in the places of their inverse factors, and factors them.
template <Real T>
class InverseFactors {
 public:
  InverseFactors(LogisticProblem<T>& problem, std::span<const double> alphas,
                 std::span<const std::vector<double>> curvature);

  /// Computes the inverse factors with these numbers.
  template <Real Products>
  void factor(const std::vector<std::size_t>& which);

  std::vector<InverseFactor>& factors() { return out_; }

 private:
  template <Real Products>
  void form(std::span<const HessianBlock> blocks);
  template <Real Products>
  std::vector<GramMatrix> grams(const std::vector<const double*>& roots) const;
  void set_roots(const HessianBlock& block, double* root) const;
  void set_only_block(std::size_t a, const GramMatrix& products);
  void add_pairs(std::span<const HessianBlock> pairs, std::span<const GramMatrix> products);
  void add_penalties(std::size_t a);
  void invert(std::size_t a);

  LogisticProblem<T>& problem_;
  std::span<const double> alphas_;
  std::span<const std::vector<double>> curvature_;
  ClassContrasts contrasts_;
  std::vector<InverseFactor> out_;
};

template <Real T>
InverseFactors<T>::InverseFactors(LogisticProblem<T>& problem, std::span<const double> alphas,
                                  std::span<const std::vector<double>> curvature)
    : problem_(problem),
      alphas_(alphas),
      curvature_(curvature),
      contrasts_(std::max<Index>(2, problem.n_outputs())),
      out_(alphas.size()) {
  for (std::size_t a = 0; a < alphas_.size(); ++a) {
    problem_.set_alpha(alphas_[a]);
    out_[a].n_outputs = contrasts_.size();
    for (Index j = 0; j < problem_.cols(); ++j) {
      if (j == problem_.n_features() || problem_.moves(j)) out_[a].columns.push_back(j);
    }
  }
}

template <Real T>
void InverseFactors<T>::set_roots(const HessianBlock& block, double* root) const {
  const Index n = problem_.rows().n;
  const double* p = curvature_[block.a].data() + block.k * n;
  const double* q = curvature_[block.a].data() + block.l * n;
  for (Index i = 0; i < n; ++i) {
    root[i] = problem_.n_outputs() == 1 ? std::sqrt(p[i])
                                        : std::sqrt(problem_.rows().weight_of(i) * p[i] * q[i]);
  }
}

template <Real T>
void InverseFactors<T>::set_only_block(std::size_t number, const GramMatrix& products) {
  auto& to = out_[number];
  for (Index c = 0; c < to.size(); ++c) {
    for (Index r = c; r < to.size(); ++r) {
      to.v[c * to.size() + r] = products(to.columns[c], to.columns[r]);
    }
  }
}

// Adds what some pairs of classes at one alpha contribute to the blocks of all contrasts, the
// entries of a block's triangle one below the other and block by block as one matrix product.
template <Real T>
void InverseFactors<T>::add_pairs(std::span<const HessianBlock> pairs,
                                  std::span<const GramMatrix> products) {
  auto& to = out_[pairs[0].a];
  const auto count = static_cast<Index>(pairs.size());
  const auto width = static_cast<Index>(to.columns.size());
  const Index entries = width * (width + 1) / 2;
  const Index blocks = to.n_outputs * (to.n_outputs + 1) / 2;
  Buffer<double> triangles(entries * count), weights(count * blocks), sums(entries * blocks);
  for (Index pair = 0; pair < count; ++pair) {
    double* triangle = triangles.data() + pair * entries;
    for (Index c = 0; c < width; ++c) {
      for (Index r = c; r < width; ++r) *triangle++ = products[pair](to.columns[c], to.columns[r]);
    }
    Index block = 0;
    for (Index a = 0; a < to.n_outputs; ++a) {
      for (Index b = a; b < to.n_outputs; ++b, ++block) {
        weights[block * count + pair] = contrasts_.pair_weight(pairs[pair].k, pairs[pair].l, a, b);
      }
    }
  }
  blas::gemm(blas::Op::none, blas::Op::none, entries, blocks, count, 1.0, triangles.data(), entries,
             weights.data(), count, 0.0, sums.data(), entries);
  const double* sum = sums.data();
  const Index m = to.size();
  for (Index a = 0; a < to.n_outputs; ++a) {
    for (Index b = a; b < to.n_outputs; ++b) {
      double* block = to.v.data() + a * width * m + b * width;
      for (Index c = 0; c < width; ++c) {
        for (Index r = c; r < width; ++r, ++sum) {
          block[c * m + r] += *sum;
          if (a != b && r != c) block[r * m + c] += *sum;
        }
      }
    }
  }
}

template <Real T>
template <Real Products>
std::vector<GramMatrix> InverseFactors<T>::grams(const std::vector<const double*>& roots) const {
  const int n_threads = problem_.options().n_threads;
  if (problem_.cols() <= most_columns_together) {
    return weighted_grams<T, Products>(problem_.source(problem_.rows()), roots, n_threads,
                                       problem_.monitor());
  }
  std::vector<GramMatrix> products;
  for (const double* root : roots) {
    products.push_back(
        gram<T, Products>(problem_.source(problem_.rows(), root), n_threads, problem_.monitor()));
  }
  return products;
}

template <Real T>
template <Real Products>
void InverseFactors<T>::form(std::span<const HessianBlock> blocks) {
  const Index n = problem_.rows().n;
  Buffer<double> values(static_cast<Index>(blocks.size()) * n);
  std::vector<const double*> roots;
  for (const auto& block : blocks) {
    double* root = values.data() + static_cast<Index>(roots.size()) * n;
    set_roots(block, root);
    roots.push_back(root);
  }
  const auto products = grams<Products>(roots);
  if (problem_.n_outputs() == 1) {
    for (std::size_t b = 0; b < blocks.size(); ++b) set_only_block(blocks[b].a, products[b]);
    return;
  }
  for (std::size_t first = 0, last = 0; first < blocks.size(); first = last) {
    while (last < blocks.size() && blocks[last].a == blocks[first].a) ++last;
    add_pairs(blocks.subspan(first, last - first),
              std::span(products).subspan(first, last - first));
  }
}

// Adds penalties to the diagonal, of which those of contrasts are the same.
template <Real T>
void InverseFactors<T>::add_penalties(std::size_t number) {
  auto& to = out_[number];
  problem_.set_alpha(alphas_[number]);
  const auto width = static_cast<Index>(to.columns.size());
  for (Index c = 0; c < to.size(); ++c) {
    const Index j = to.columns[c % width];
    if (j < problem_.n_features()) to.v[c * (to.size() + 1)] += problem_.penalty(j);
  }
}

template <Real T>
void InverseFactors<T>::invert(std::size_t number) {
  auto& to = out_[number];
  std::vector<double> sizes;
  for (Index k = 0; k < to.n_outputs; ++k) {
    for (const Index j : to.columns) sizes.push_back(problem_.column_size(j));
  }
  const auto fill = [&](double* lower) { std::copy(to.v.begin(), to.v.end(), lower); };
  const auto system = factor_damped(sizes, fill, problem_.options().n_threads, problem_.monitor());
  if (!system) return;
  to.rcond = system->rcond();
  to.v = system->inverse_factor(problem_.options().n_threads, problem_.monitor());
}

template <Real T>
template <Real Products>
void InverseFactors<T>::factor(const std::vector<std::size_t>& which) {
  std::vector<HessianBlock> blocks;
  for (const auto a : which) {
    out_[a].v = Buffer<double>::zeros(out_[a].size() * out_[a].size());
    if (problem_.n_outputs() == 1) blocks.push_back({a, 0, 0});
    for (Index k = 0; k < problem_.n_outputs(); ++k) {
      for (Index l = k + 1; l < problem_.n_outputs(); ++l) blocks.push_back({a, k, l});
    }
  }
  const Index numbers = problem_.rows().n + problem_.cols() * problem_.cols();
  const Index together = std::max<Index>(1, most_numbers_together / numbers);
  for (std::size_t b = 0; b < blocks.size(); b += together) {
    const auto count = std::min<std::size_t>(together, blocks.size() - b);
    form<Products>(std::span(blocks).subspan(b, count));
  }
  for (const auto a : which) {
    add_penalties(a);
    invert(a);
  }
}

}  // namespace

bool float_suits(Index columns, double rcond) {
  return columns >= least_columns_for_float && rcond >= least_rcond_for_float_leverages;
}

template <Real T>
std::vector<InverseFactor> inverse_factors(LogisticProblem<T>& problem,
                                           std::span<const double> alphas,
                                           std::span<const std::vector<double>> curvature) {
  InverseFactors<T> inverse(problem, alphas, curvature);
  std::vector<std::size_t> in_double;
  const bool try_float = float_suits(problem.cols(), 1.0);
  std::vector<std::size_t> all(alphas.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  if (try_float) inverse.template factor<float>(all);
  for (const auto a : all) {
    if (!try_float || !float_suits(problem.cols(), inverse.factors()[a].rcond)) {
      in_double.push_back(a);
    }
  }
  inverse.template factor<double>(in_double);
  return std::move(inverse.factors());
}

template std::vector<InverseFactor> inverse_factors<double>(LogisticProblem<double>&,
                                                            std::span<const double>,
                                                            std::span<const std::vector<double>>);
template std::vector<InverseFactor> inverse_factors<float>(LogisticProblem<float>&,
                                                           std::span<const double>,
                                                           std::span<const std::vector<double>>);

}  // namespace elltwo
