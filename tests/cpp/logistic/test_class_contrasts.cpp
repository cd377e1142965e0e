#include <algorithm>
#include <vector>

#include "check.hpp"
#include "solvers/logistic_alo/contrasts.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {

TEST(class_contrasts, orthonormal) {
  for (const Index n_classes : {2, 3, 7}) {
    const ClassContrasts c(n_classes);
    CHECK_EQUAL(c.size(), n_classes - 1);
    for (Index a = 0; a < c.size(); ++a) {
      for (Index b = 0; b < c.size(); ++b) {
        Wide sum = 0.0L, product = 0.0L;
        for (Index k = 0; k < n_classes; ++k) {
          sum += c(k, a);
          product += static_cast<Wide>(c(k, a)) * c(k, b);
        }
        CHECK_CLOSE(sum, 0.0L, 4.0L * eps);
        CHECK_CLOSE(product, a == b ? 1.0L : 0.0L, 4.0L * eps);
      }
    }
  }
}

// C^T (diag(p) - p p^T) C is the sum over pairs.
TEST(class_contrasts, pairs_make_the_hessian) {
  for (const Index n_classes : {2, 3, 6}) {
    const ClassContrasts c(n_classes);
    const auto p = random_weights(n_classes, 3);
    Wide total = 0.0L;
    for (const double value : p) total += value;
    for (Index a = 0; a < c.size(); ++a) {
      for (Index b = 0; b < c.size(); ++b) {
        Wide wanted = 0.0L, got = 0.0L;
        for (Index k = 0; k < n_classes; ++k) {
          wanted += p[k] * total * c(k, a) * c(k, b);
          for (Index l = 0; l < n_classes; ++l) {
            wanted -= static_cast<Wide>(p[k]) * p[l] * c(k, a) * c(l, b);
            if (k < l) got += static_cast<Wide>(p[k]) * p[l] * c.pair_weight(k, l, a, b);
          }
        }
        CHECK_CLOSE(got, wanted, 16.0L * eps * total * total);
      }
    }
  }
}

TEST(class_contrasts, expand) {
  constexpr Index ld = 5;
  for (const Index n_classes : {2, 3, 6}) {
    const ClassContrasts c(n_classes);
    const Index m = c.size();
    const auto given = random_matrix(m * (m + 1) / 2, ld, 5);
    const auto entry = [&](Index a, Index b, Index i) {
      const Index low = std::min(a, b), high = std::max(a, b);
      Index pair = high - low;
      for (Index row = 0; row < low; ++row) pair += m - row;
      return static_cast<Wide>(given(pair, i));
    };
    std::vector<double> work(n_classes * m * ld, nan);
    std::vector<double> out(n_classes * (n_classes + 1) / 2 * ld, nan);
    c.expand(given.values.data(), ld, work.data(), out.data());
    Index pair = 0;
    for (Index k = 0; k < n_classes; ++k) {
      for (Index l = k; l < n_classes; ++l, ++pair) {
        for (Index i = 0; i < ld; ++i) {
          Wide sum = 0.0L;
          for (Index a = 0; a < m; ++a) {
            for (Index b = 0; b < m; ++b) sum += c(k, a) * entry(a, b, i) * c(l, b);
          }
          CHECK_CLOSE(out[pair * ld + i], sum, 64.0L * eps);
        }
      }
    }
  }
}

}  // namespace elltwo::test
