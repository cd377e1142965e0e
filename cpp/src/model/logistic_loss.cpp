#include "model/logistic_loss.hpp"

#include <algorithm>
#include <array>

#include "kernels/table.hpp"

namespace elltwo {
namespace {

constexpr Index chunk_rows = 256;
using Row = std::array<double, chunk_rows>;  // one number of each row of a chunk

double weight_of(const double* weight, Index i) { return weight != nullptr ? weight[i] : 1.0; }

/// Sum of term(i) over i < n, in several running sums.
template <class Term>
double sum_terms(Index n, const Term& term) {
  constexpr Index lanes = 8;
  double sum[lanes] = {};
  Index i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (Index j = 0; j < lanes; ++j) sum[j] += term(i + j);
  }
  for (; i < n; ++i) sum[i % lanes] += term(i);
  return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

/// Sum of block(i, j) over chunks [i, j) of at most chunk_rows that make up [begin, end), added
/// pairwise.
template <class Block>
double sum_chunks(Index begin, Index end, const Block& block) {
  if (end - begin <= chunk_rows) return block(begin, end);
  const Index chunks = (end - begin + chunk_rows - 1) / chunk_rows;
  const Index middle = begin + chunks / 2 * chunk_rows;
  return sum_chunks(begin, middle, block) + sum_chunks(middle, end, block);
}

double binomial_chunk(Index n, double* z, const std::int32_t* label, const double* weight,
                      double* curvature) {
  Row margin, other, softplus;
  for (Index i = 0; i < n; ++i) margin[i] = label[i] == 1 ? z[i] : -z[i];
  kernels().logistic(n, margin.data(), other.data(), softplus.data(), curvature);
  for (Index i = 0; i < n; ++i) z[i] = label[i] == 1 ? other[i] : -other[i];
  if (weight == nullptr) return sum_terms(n, [&](Index i) { return softplus[i]; });
  for (Index i = 0; i < n; ++i) z[i] *= weight[i];
  for (Index i = 0; curvature != nullptr && i < n; ++i) curvature[i] *= weight[i];
  return sum_terms(n, [&](Index i) { return weight[i] * softplus[i]; });
}

double multinomial_chunk(Index n_classes, Index n, double* z, Index ld, const std::int32_t* label,
                         const double* weight, double* probability, Index ld_probability) {
  Row own, minus_weight, top, log_sum, others;
  for (Index i = 0; i < n; ++i) own[i] = z[label[i] * ld + i];
  for (Index i = 0; i < n; ++i) minus_weight[i] = -weight_of(weight, i);
  kernels().softmax(n_classes, n, z, ld, probability == nullptr ? minus_weight.data() : nullptr,
                    top.data(), log_sum.data(), others.data());
  for (Index k = 0; probability != nullptr && k < n_classes; ++k) {
    double* zk = z + k * ld;
    std::copy_n(zk, n, probability + k * ld_probability);
    for (Index i = 0; i < n; ++i) zk[i] *= minus_weight[i];
  }
  for (Index i = 0; i < n; ++i) {
    double& r = z[label[i] * ld + i];
    // 1 - p without cancellation: where p is not the largest it is at most 1/2.
    r = own[i] == top[i] ? -minus_weight[i] * others[i] : r - minus_weight[i];
  }
  return sum_terms(n, [&](Index i) { return -minus_weight[i] * (log_sum[i] + (top[i] - own[i])); });
}

}  // namespace

double binomial_terms(Index n, double* z, const std::int32_t* label, const double* weight,
                      double* curvature) {
  return sum_chunks(0, n, [&](Index begin, Index end) {
    return binomial_chunk(end - begin, z + begin, label + begin,
                          weight != nullptr ? weight + begin : nullptr,
                          curvature != nullptr ? curvature + begin : nullptr);
  });
}

double multinomial_terms(Index n_classes, Index n, double* z, Index ld, const std::int32_t* label,
                         const double* weight, double* probability, Index ld_probability) {
  return sum_chunks(0, n, [&](Index begin, Index end) {
    return multinomial_chunk(n_classes, end - begin, z + begin, ld, label + begin,
                             weight != nullptr ? weight + begin : nullptr,
                             probability != nullptr ? probability + begin : nullptr,
                             ld_probability);
  });
}

}  // namespace elltwo
