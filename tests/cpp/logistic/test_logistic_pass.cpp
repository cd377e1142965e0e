#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "elltwo/logistic_pass.hpp"
#include "support/data.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

/// Rows, and points at which their loss is wanted. The reference evaluates one row after another.
struct PassCase {
  Matrix<double> x;
  Index n_classes = 2;
  std::vector<std::int32_t> left_out{-1, 1, 0, 1};
  std::vector<std::uint8_t> hessian{1, 0, 1, 1};
  bool in_float = false;
  std::vector<std::int32_t> label{}, fold{};
  std::vector<double> theta{}, shift{}, scale{}, weight{}, offset{};

  PassCase(Matrix<double> rows, Index classes) : x(std::move(rows)), n_classes(classes) {
    Random random(71);
    for (Index i = 0; i < x.rows; ++i) {
      label.push_back(static_cast<std::int32_t>(random.below(n_classes)));
      fold.push_back(static_cast<std::int32_t>(random.below(3)));
      weight.push_back(random.below(9) == 0 ? 0.0 : 1.5 + random.coarse());
    }
    offset = random_values(x.rows * outputs(), 72);
    theta = random_values(n_points() * outputs() * cols(), 73);
    shift = random_values(x.cols, 74);
    for (Index j = 0; j < x.cols; ++j) scale.push_back(j % 3 == 0 ? 2.0 : 0.5);
  }

  Index outputs() const { return n_classes == 2 ? 1 : n_classes; }
  Index cols() const { return x.cols + 1; }
  Index n_points() const { return static_cast<Index>(left_out.size()); }

  LogisticPass pass() const {
    return LogisticPass({.n_features = x.cols,
                         .n_classes = n_classes,
                         .theta = theta,
                         .left_out = left_out,
                         .shift = shift,
                         .scale = scale,
                         .hessian = hessian,
                         .hessian_in_float = in_float});
  }
  LogisticPassRows rows() const {
    return {.label = label, .sample_weight = weight, .offset = offset, .fold = fold};
  }
  LogisticPassRows rows(Index begin, Index end) const {
    const auto part = [&](auto& all, Index each) {
      return std::span(all).subspan(begin * each, (end - begin) * each);
    };
    return {.label = part(label, 1),
            .sample_weight = part(weight, 1),
            .offset = part(offset, outputs()),
            .fold = part(fold, 1)};
  }

  Wide row_value(Index i, Index j) const {
    return j == x.cols ? 1.0L : (static_cast<Wide>(x(i, j)) - shift[j]) * scale[j];
  }

  /// Probabilities of all classes of a row, and minus the logarithm of its own.
  std::vector<Wide> probabilities(Index point, Index i, Wide& loss) const {
    std::vector<Wide> z(n_classes, 0.0L);
    for (Index o = 0; o < outputs(); ++o) {
      Wide& mine = z[n_classes == 2 ? 1 : o];
      mine = offset[i * outputs() + o];
      for (Index j = 0; j < cols(); ++j) {
        mine += row_value(i, j) * theta[(point * outputs() + o) * cols() + j];
      }
    }
    const Wide top = *std::ranges::max_element(z);
    Wide sum = 0.0L;
    for (const Wide v : z) sum += std::exp(v - top);
    loss = std::log(sum) + top - z[label[i]];
    for (Wide& v : z) v = std::exp(v - top) / sum;
    return z;
  }
};

struct PassAnswer {
  std::vector<double> weight, loss, gradient, residual, held, hessian;
};

PassAnswer answer_of(const LogisticPass& pass) {
  const auto sums = pass.sums();
  std::vector<double> hessian(pass.n_hessians() * pass.hessian_size() * pass.hessian_size());
  pass.hessians(hessian);
  return {sums.weight, sums.loss, sums.gradient, sums.residual, sums.held, hessian};
}

PassAnswer reference_of(const PassCase& c) {
  const Index q = c.cols(), ko = c.outputs(), size = ko * q;
  PassAnswer out;
  for (Index point = 0; point < c.n_points(); ++point) {
    Wide weight = 0.0L, loss = 0.0L;
    std::vector<Wide> gradient(size), residual(ko), held(4), hessian(size * size);
    for (Index i = 0; i < c.x.rows; ++i) {
      Wide of_row = 0.0L;
      const auto p = c.probabilities(point, i, of_row);
      const auto w = static_cast<Wide>(c.weight[i]);
      const auto rest = [&](Index k) { return p[k] - (c.label[i] == k ? 1.0L : 0.0L); };
      if (c.left_out[point] == c.fold[i]) {
        Wide brier = 0.0L;
        for (Index k = 0; k < c.n_classes; ++k) brier += rest(k) * rest(k);
        held[0] += w;
        held[1] += w * (of_row < 1e25L ? of_row : 52.0L * std::log(2.0L));
        if (std::ranges::max_element(p) - p.begin() == c.label[i]) held[2] += w;
        held[3] += w * brier * (c.n_classes == 2 ? 0.5L : 1.0L);
        continue;
      }
      weight += w;
      loss += w * of_row;
      for (Index a = 0; a < size; ++a) {
        const Index k = ko == 1 ? 1 : a / q;
        if (a % q == 0) residual[a / q] += w * rest(k) * rest(k);
        gradient[a] += w * rest(k) * c.row_value(i, a % q);
        for (Index b = 0; b < size && c.hessian[point] != 0; ++b) {
          const Index l = ko == 1 ? 1 : b / q;
          const Wide h = w * p[k] * ((k == l ? 1.0L : 0.0L) - p[l]);
          hessian[a * size + b] += h * c.row_value(i, a % q) * c.row_value(i, b % q);
        }
      }
    }
    out.weight.push_back(static_cast<double>(weight));
    out.loss.push_back(static_cast<double>(loss));
    const auto append = [](std::vector<double>& to, const std::vector<Wide>& from) {
      for (const Wide v : from) to.push_back(static_cast<double>(v));
    };
    append(out.gradient, gradient);
    append(out.residual, residual);
    append(out.held, held);
    if (c.hessian[point] != 0) append(out.hessian, hessian);
  }
  return out;
}

void check_answer(const PassAnswer& got, const PassAnswer& wanted, double of_hessian) {
  CHECK(relative_error(got.weight, wanted.weight) <= 1e-14);
  CHECK(relative_error(got.loss, wanted.loss) <= 1e-14);
  CHECK(relative_error(got.gradient, wanted.gradient) <= 1e-13);
  CHECK(relative_error(got.residual, wanted.residual) <= 1e-14);
  CHECK(relative_error(got.held, wanted.held) <= 1e-14);
  CHECK(relative_error(got.hessian, wanted.hessian) <= of_hessian);
}

bool same_answer(const PassAnswer& a, const PassAnswer& b) {
  return same_bits(a.weight, b.weight) && same_bits(a.loss, b.loss) &&
         same_bits(a.gradient, b.gradient) && same_bits(a.residual, b.residual) &&
         same_bits(a.held, b.held) && same_bits(a.hessian, b.hessian);
}

template <class Matrix>
PassAnswer sums_of(const PassCase& c, const Matrix& x, int n_threads) {
  auto pass = c.pass();
  Monitor monitor;
  CHECK(pass.add(x, c.rows(), n_threads, monitor));
  return answer_of(pass);
}

}  // namespace

TEST(logistic_pass, agrees_with_the_definition) {
  for (const Index n_classes : {2, 3, 5}) {
    for (const auto& [n, p] : {std::pair<Index, Index>{1, 1}, {9, 2}, {700, 5}, {530, 13}}) {
      const Case shape(n, 'x', p, ',', n_classes, "classes");
      PassCase c(thin_matrix(n, p, 2, 70), n_classes);
      const auto wanted = reference_of(c);
      const auto x = converted<float>(c.x);
      check_answer(sums_of(c, c.x.view(), 1), wanted, 1e-13);
      check_answer(sums_of(c, x.view(), 1), wanted, 1e-13);
      check_answer(sums_of(c, Compressed<double, std::int32_t>(c.x, true).view(), 1), wanted,
                   1e-13);
      check_answer(sums_of(c, Compressed<float, std::int64_t>(c.x, false).view(), 1), wanted,
                   1e-13);
      c.in_float = true;
      check_answer(sums_of(c, x.view(), 1), wanted, 2e-6);
    }
  }
}

TEST(logistic_pass, many_columns) {
  for (const Index p : {60, 150}) {
    PassCase c(random_matrix(300, p, 75), 2);
    for (double& b : c.theta) b /= 8.0;
    const auto wanted = reference_of(c);
    check_answer(sums_of(c, c.x.view(), 2), wanted, 1e-13);
    c.in_float = true;
    const auto got = sums_of(c, c.x.view(), 2);
    check_answer(got, wanted, 2e-6);
    CHECK(relative_error(got.hessian, wanted.hessian) > 1e-10);  // products in float were formed
  }
}

TEST(logistic_pass, any_layout) {
  const PassCase c(random_matrix(290, 11, 76), 3);
  const auto wanted = reference_of(c);
  for (const auto& layout : layouts) {
    const Case name(layout.name);
    const auto x = lay_out<double>(layout, c.x);
    check_answer(sums_of(c, x.view, 2), wanted, 1e-13);
  }
}

TEST(logistic_pass, bits_do_not_depend_on_the_number_of_threads) {
  for (const Index p : {20, 140}) {
    for (const Index n_classes : {2, 3}) {
      PassCase c(thin_matrix(p == 20 ? 30000 : 3000, p, 3, 77), n_classes);
      c.in_float = n_classes == 2;
      const Compressed<double, std::int32_t> sparse(c.x, true);
      const auto dense = sums_of(c, c.x.view(), 1), thin = sums_of(c, sparse.view(), 1);
      for (const int n_threads : {2, 3, 7}) {
        CHECK(same_answer(sums_of(c, c.x.view(), n_threads), dense));
        CHECK(same_answer(sums_of(c, sparse.view(), n_threads), thin));
      }
    }
  }
}

// Rows of a large common part: their residuals nearly cancel, and each portion adds a rounding
// error unless sums are kept to more digits.
TEST(logistic_pass, many_portions_keep_their_digits) {
  PassCase c(random_matrix(60000, 3, 78), 2);
  c.left_out = {-1};
  c.hessian = {1};
  c.theta.resize(c.cols());
  std::ranges::fill(c.offset, 0.0);
  const auto wanted = reference_of(c);
  std::vector<Wide> size(c.cols());
  for (Index i = 0; i < c.x.rows; ++i) {
    Wide loss = 0.0L;
    const Wide r = c.probabilities(0, i, loss)[1] - c.label[i];
    for (Index j = 0; j < c.cols(); ++j) size[j] += std::abs(c.weight[i] * r * c.row_value(i, j));
  }
  for (const Index portion : {1, 7, 600}) {
    auto pass = c.pass();
    Monitor monitor;
    for (Index begin = 0; begin < c.x.rows; begin += portion) {
      const Index end = std::min(begin + portion, c.x.rows);
      const MatrixView<double> x{c.x.row(begin), end - begin, c.x.cols, c.x.cols, 1};
      CHECK(pass.add(x, c.rows(begin, end), 1, monitor));
    }
    const auto got = answer_of(pass);
    CHECK_EQUAL(pass.sums().n_rows, c.x.rows - std::ranges::count(c.weight, 0.0));
    for (Index j = 0; j < c.cols(); ++j) {
      CHECK_CLOSE(got.gradient[j], wanted.gradient[j], 2e-16L * size[j]);
    }
    CHECK_CLOSE(got.loss[0], wanted.loss[0], 3e-16L * wanted.loss[0]);
    CHECK(relative_error(got.hessian, wanted.hessian) <= 1e-13);
  }
}

TEST(logistic_pass, weights_of_any_size_leave_products_in_float_in_range) {
  PassCase c(random_matrix(400, 60, 79), 2);
  for (double& b : c.theta) b /= 8.0;
  c.in_float = true;
  const auto wanted = reference_of(c);
  for (const double unit : {0x1p-200, 0x1p200}) {
    PassCase other = c;
    for (double& w : other.weight) w *= unit;
    auto got = sums_of(other, c.x.view(), 1);
    for (double& h : got.hessian) h /= unit;
    CHECK(relative_error(got.hessian, wanted.hessian) <= 2e-6);
  }
}

TEST(logistic_pass, bad_rows_are_named_and_change_nothing) {
  for (const bool sparse : {false, true}) {
    PassCase c(thin_matrix(50, 4, 2, 80), 3);
    auto pass = c.pass();
    Monitor monitor;
    const auto add = [&](const PassCase& rows) {
      if (!sparse) return pass.add(rows.x.view(), rows.rows(), 1, monitor);
      return pass.add(Compressed<double, std::int32_t>(rows.x, true).view(), rows.rows(), 1,
                      monitor);
    };
    CHECK(add(c));
    const auto before = answer_of(pass);
    const auto refused = [&](const char* message, auto change) {
      PassCase bad = c;
      change(bad);
      CHECK_THROWS(std::invalid_argument, message, add(bad));
      CHECK(same_answer(answer_of(pass), before));
    };
    refused("X contains NaN at row 49, column 2", [&](auto& b) { b.x(49, 2) = nan; });
    refused("X contains infinity at row 3, column 0", [&](auto& b) { b.x(3, 0) = -inf; });
    refused("sample_weight must be finite and not negative, got nan at row 8",
            [&](auto& b) { b.weight[8] = nan; });
    refused("got -1 at row 0", [&](auto& b) { b.weight[0] = -1.0; });
    refused("offset must be finite, got inf at row 2", [&](auto& b) { b.offset[7] = inf; });
    refused("label must be in [0, 3), got 3 at row 4", [&](auto& b) { b.label[4] = 3; });
    refused("got -1 at row 4", [&](auto& b) { b.label[4] = -1; });
    refused("fold must have 50 values, got 49", [&](auto& b) { b.fold.pop_back(); });
    refused("label must have 50 values, got 51", [&](auto& b) { b.label.push_back(0); });
    refused("X must have 4 columns, got 5", [&](auto& b) { b.x = random_matrix(50, 5, 1); });
    CHECK_EQUAL(pass.sums().n_rows, 50 - std::ranges::count(c.weight, 0.0));
  }
}

// Of few sparse rows the products are added in place, of more to matrices of their own.
TEST(logistic_pass, dense_and_sparse_portions_add_up) {
  for (const Index n_classes : {2, 3}) {
    PassCase c(thin_matrix(3000, 25, 4, 85), n_classes);
    for (double& b : c.theta) b /= 4.0;
    const auto wanted = reference_of(c);
    auto pass = c.pass();
    Monitor monitor;
    Index begin = 0;
    for (const Index end : {40, 60, 2500, 2520, 3000}) {
      Matrix<double> part(end - begin, c.x.cols);
      std::copy_n(c.x.row(begin), part.values.size(), part.values.data());
      const Compressed<double, std::int32_t> sparse(part, true);
      if (begin == 40) CHECK(pass.add(part.view(), c.rows(begin, end), 1, monitor));
      else CHECK(pass.add(sparse.view(), c.rows(begin, end), 1, monitor));
      begin = end;
    }
    check_answer(answer_of(pass), wanted, 1e-13);
  }
}

TEST(logistic_pass, a_class_without_fitted_rows_counts_as_a_small_probability) {
  for (const Index n_classes : {2, 3}) {
    PassCase c(random_matrix(80, 3, 86), n_classes);
    c.left_out = {0};
    c.hessian = {1};
    const Index size = c.outputs() * c.cols();
    c.theta.resize(size);
    c.theta.back() = -1e30;  // the intercept of the last class
    for (Index i = 0; i < c.x.rows; ++i) {
      if (c.label[i] == n_classes - 1) c.fold[i] = 0;
    }
    const auto wanted = reference_of(c);
    check_answer(sums_of(c, c.x.view(), 1), wanted, 1e-13);
    CHECK(wanted.held[1] > 36.0 && wanted.held[1] < 1e4);
  }
}

TEST(logistic_pass, what_rows_lack_is_one_and_zero) {
  PassCase c(random_matrix(40, 3, 84), 3);
  std::ranges::fill(c.weight, 1.0);
  std::ranges::fill(c.offset, 0.0);
  std::ranges::fill(c.fold, 0);
  auto pass = c.pass();
  Monitor monitor;
  CHECK(pass.add(c.x.view(), {.label = c.label}, 1, monitor));
  check_answer(answer_of(pass), reference_of(c), 1e-13);
  CHECK_EQUAL(pass.sums().n_rows, 40);
}

namespace {

void check_overflow(const PassCase& c) {
  auto pass = c.pass();
  Monitor monitor;
  CHECK_THROWS(std::invalid_argument, "exceed the range",
               static_cast<void>(pass.add(c.x.view(), c.rows(), 1, monitor)));
  const Compressed<double, std::int32_t> sparse(c.x, true);
  CHECK_THROWS(std::invalid_argument, "exceed the range",
               static_cast<void>(pass.add(sparse.view(), c.rows(), 1, monitor)));
  CHECK_EQUAL(pass.sums().n_rows, 0);
}

}  // namespace

TEST(logistic_pass, values_whose_sums_overflow_are_refused) {
  PassCase c(random_matrix(5, 2, 81), 2);
  c.left_out = {-1, -1, -1, -1};
  c.x(1, 0) = 1e308;
  c.x(2, 1) = -1e308;
  c.scale = {4.0, 4.0};
  check_overflow(c);  // predictors
  c.x(1, 0) = 1e160;
  c.x(2, 1) = 1.0;
  std::ranges::fill(c.theta, 0.0);
  std::ranges::fill(c.weight, 1.0);
  check_overflow(c);  // products
}

TEST(logistic_pass, no_rows_have_sums_of_zero) {
  PassCase c(random_matrix(3, 2, 82), 3);
  auto pass = c.pass();
  const auto none = answer_of(pass);
  for (const double h : none.hessian) CHECK_EQUAL(h, 0.0);
  for (const double g : none.gradient) CHECK_EQUAL(g, 0.0);
  Monitor monitor;
  const Compressed<double, std::int32_t> sparse(Matrix<double>(0, 2), true);
  CHECK(pass.add(MatrixView<double>{nullptr, 0, 2, 2, 1}, {}, 1, monitor));
  CHECK(pass.add(sparse.view(), {}, 1, monitor));
  CHECK(same_answer(answer_of(pass), none));
  CHECK(pass.add(c.x.view(), c.rows(), 1, monitor));
  const auto some = answer_of(pass);
  CHECK(pass.add(MatrixView<float>{nullptr, 0, 2, 2, 1}, {}, 1, monitor));
  CHECK(pass.add(sparse.view(), {}, 1, monitor));
  CHECK(same_answer(answer_of(pass), some));
}

TEST(logistic_pass, an_interrupted_addition_changes_nothing) {
  for (const Index p : {20, 140}) {
    const PassCase c(thin_matrix(p == 20 ? 20000 : 2000, p, 3, 83), 3);
    const Compressed<double, std::int32_t> sparse(c.x, true);
    auto pass = c.pass();
    Monitor nobody;
    CHECK(pass.add(c.x.view(), c.rows(), 2, nobody));
    const auto before = answer_of(pass);
    for (const int n_threads : {1, 2}) {
      StopAt stop{.at = 1}, later{.at = 1};
      auto monitor = stop.impatient_monitor();
      CHECK(!pass.add(c.x.view(), c.rows(), n_threads, monitor));
      auto another = later.impatient_monitor();
      CHECK(!pass.add(sparse.view(), c.rows(), n_threads, another));
      CHECK(!stop.polled_elsewhere && !later.polled_elsewhere);
      CHECK(same_answer(answer_of(pass), before));
    }
  }
}

}  // namespace elltwo::test
