#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "kernels/small_shapes.hpp"
#include "support/layouts.hpp"
#include "support/levels.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// The arrays of problems that are solved side by side, `lanes` of them.
struct Space {
  SmallLayout layout;
  Index lanes;
  std::vector<double> gathered, sums, shift, factor, scale, diagonal, coef, intercept;
  std::vector<double> rcond, optimality, pull;

  Space(const SmallLayout& at, Index n_lanes) : layout(at), lanes(n_lanes) {
    const auto sized = [&](Index n) { return std::vector<double>(n * lanes, nan); };
    gathered = sums = sized(at.size());
    shift = sized(at.p + at.t);
    factor = sized(padded_row(small_max_features, 4));
    scale = diagonal = sized(at.p);
    coef = sized(at.p * at.t);
    intercept = sized(at.t);
    rcond = optimality = pull = sized(1);
  }

  SmallSystems systems(bool centred) {
    return {layout,           centred,      diagonal.data(),  nullptr,      nullptr,
            sums.data(),      shift.data(), factor.data(),    scale.data(), coef.data(),
            intercept.data(), rcond.data(), optimality.data()};
  }
};

template <Real T>
SmallRows<T> rows_of(MatrixView<T> x, const RidgeCase& problem) {
  return {.x = x,
          .y = problem.y.view(),
          .weight = problem.weight.empty() ? nullptr : problem.weight.data(),
          .centred = problem.fit_intercept,
          .next_x = x,
          .next_y = problem.y.view()};
}

/// Sums about the shift that comes with them, against sums in long double.
template <Real T>
void check_sums(const SmallKernels& kernels, const RidgeCase& problem, MatrixView<T> x) {
  const Index p = x.cols, t = problem.y.cols;
  const Case which(x.rows, 'x', p, t, problem.weight.empty() ? "" : "weighted");
  const SmallLayout at = kernels.layout(p, t);
  std::vector<double> shift(p + t, nan), sums(at.size(), nan);
  kernels.sums<T>()(rows_of(x, problem), at, shift.data(), sums.data());
  const auto weight = [&](Index i) { return problem.weight.empty() ? 1.0 : problem.weight[i]; };
  const auto column = [&](Index i, Index c) -> Wide {
    if (c == p + t) return 1.0L;
    if (c < p) return Wide(x(i, c)) - shift[c];
    return Wide(problem.y(i, c - p)) - shift[c];
  };
  const auto check = [&](double got, Index a, Index b) {
    Wide wanted = 0.0L, size = 0.0L;
    for (Index i = 0; i < x.rows; ++i) {
      const Wide product = weight(i) * column(i, a) * column(i, b);
      wanted += product;
      size += std::abs(product);
    }
    CHECK_CLOSE(got, wanted, 16.0 * eps * size);
  };
  for (Index i = 0; i < p; ++i) {
    for (Index j = 0; j <= i; ++j) check(sums[at.row(i) + j], i, j);
    for (Index u = 0; u < t; ++u) check(sums[at.target(u) + i], p + u, i);
    check(sums[at.ones() + i], i, p + t);
  }
  for (Index u = 0; u < t; ++u) {
    check(sums[at.squares() + u], p + u, p + u);
    check(sums[at.target_ones() + u], p + u, p + t);
  }
  check(sums[at.weight()], p + t, p + t);
}

/// Solves the problem in every lane, with another penalty in each.
void check_solve(const SmallKernels& kernels, RidgeCase problem, bool together) {
  const Index p = problem.x.cols, t = problem.y.cols, lanes = together ? kernels.lanes : 1;
  const Case which(problem.x.rows, 'x', p, t, together ? "together" : "alone");
  Space s(kernels.layout(p, t), lanes);
  std::vector<double> shift(p + t);
  std::vector<double> sums(s.layout.size());
  kernels.sums_f64(rows_of(problem.x.view(), problem), s.layout, shift.data(), sums.data());
  for (Index l = 0; l < lanes; ++l) {
    std::copy(sums.begin(), sums.end(), s.gathered.begin() + l * s.layout.size());
    for (Index j = 0; j < p + t; ++j) s.shift[j * lanes + l] = shift[j];
    for (Index j = 0; j < p; ++j) s.diagonal[j * lanes + l] = 1.0 + static_cast<double>(l);
  }
  if (together) {
    kernels.interleave(s.layout.size(), s.gathered.data(), s.layout.size(), s.sums.data());
    kernels.solve_all(s.systems(problem.fit_intercept));
  } else {
    s.sums = s.gathered;
    kernels.solve(s.systems(problem.fit_intercept));
  }
  for (Index l = 0; l < lanes; ++l) {
    problem.alpha = {1.0 + static_cast<double>(l)};
    RidgeAnswer got{.coef = Matrix<double>(t, p), .intercept = {}, .info = {}};
    for (Index e = 0; e < t * p; ++e) got.coef.values[e] = s.coef[e * lanes + l];
    for (Index u = 0; u < t; ++u) got.intercept.push_back(s.intercept[u * lanes + l]);
    check_same_fit(got, reference_ridge(problem), 1e-13);
    CHECK(s.rcond[l] > 1e-4 && s.rcond[l] < 1.0 + 8.0 * eps);
    CHECK(s.optimality[l] < 1e-15);
  }
}

}  // namespace

TEST(small, sums_at_every_width) {
  for_each_level([](const Kernels& kernels) {
    for (Index p = 1; p <= small_max_features; ++p) {
      for (const Index t : {1, 2, 3, 8}) {
        for (const Index n : {Index{1}, Index{7}, Index{64}, Index{130}}) {
          auto problem = random_case(n, p, t, 1501);
          problem.fit_intercept = n != 7;
          if (t < 3) check_sums<double>(kernels.small, problem, problem.x.view());
          problem.weight = random_weights(n, 1502);
          check_sums<double>(kernels.small, problem, problem.x.view());
        }
      }
    }
  });
}

TEST(small, sums_of_every_layout_and_of_floats) {
  for_each_level([](const Kernels& kernels) {
    for (const Index p : {1, 3, 8, 11, 16, 19}) {
      const auto problem = random_case(70, p, 1, 1503);
      for (const auto& layout : layouts) {
        const Case which(layout.name);
        check_sums<double>(kernels.small, problem, lay_out<double>(layout, problem.x).view);
        check_sums<float>(kernels.small, problem, lay_out<float>(layout, problem.x).view);
      }
    }
  });
}

TEST(small, solutions_at_every_width) {
  for_each_level([](const Kernels& kernels) {
    for (Index p = 1; p <= small_max_features; ++p) {
      for (const Index t : {1, 3}) {
        auto problem = random_case(5 * p + 10, p, t, 1504);
        for (const bool centred : {true, false}) {
          problem.fit_intercept = centred;
          check_solve(kernels.small, problem, true);
          check_solve(kernels.small, problem, false);
        }
      }
    }
  });
}

TEST(small, lanes_do_not_disturb_each_other) {
  for_each_level([](const Kernels& kernels) {
    const auto& k = kernels.small;
    const Index p = 6;
    const auto problem = random_case(40, p, 1, 1505);
    Space s(k.layout(p, 1), k.lanes);
    std::vector<double> shift(p + 1), sums(s.layout.size());
    const auto run = [&](bool spoiled) {
      for (Index l = 0; l < k.lanes; ++l) {
        k.sums_f64(rows_of(problem.x.view(), problem), s.layout, shift.data(), sums.data());
        if (spoiled && l == 1) sums[s.layout.row(2)] = nan;
        if (spoiled && l == 2) std::fill(sums.begin(), sums.end(), 0.0);
        if (spoiled && l == 3) sums[s.layout.row(4) + 4] = -1.0;
        std::copy(sums.begin(), sums.end(), s.gathered.begin() + l * s.layout.size());
        for (Index j = 0; j <= p; ++j) s.shift[j * k.lanes + l] = shift[j];
        for (Index j = 0; j < p; ++j) s.diagonal[j * k.lanes + l] = 0.5;
      }
      k.interleave(s.layout.size(), s.gathered.data(), s.layout.size(), s.sums.data());
      k.solve_all(s.systems(true));
    };
    run(false);
    const auto coef = s.coef, rcond = s.rcond;
    run(true);
    for (Index l = 0; l < k.lanes; ++l) {
      const bool bad = l >= 1 && l <= 3;
      CHECK_EQUAL(s.rcond[l], bad ? 0.0 : rcond[l]);
      for (Index j = 0; j < p; ++j) {
        if (!bad) CHECK_EQUAL(s.coef[j * k.lanes + l], coef[j * k.lanes + l]);
      }
    }
  });
}

}  // namespace elltwo::test
