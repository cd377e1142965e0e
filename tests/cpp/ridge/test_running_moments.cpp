#include <cmath>
#include <stdexcept>

#include "check.hpp"
#include "elltwo/moments.hpp"
#include "elltwo/ridge_path.hpp"
#include "gram/running_sums.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

constexpr Index p = 7, n_targets = 2, n = 900;

MatrixView<double> rows_of(const Matrix<double>& a, Index begin, Index end) {
  auto view = a.view();
  view.data += begin * view.row_stride;
  view.rows = end - begin;
  return view;
}

Moments in_portions(const Matrix<double>& x, const Matrix<double>& y, Index size) {
  Moments m(x.cols, y.cols);
  Monitor monitor;
  for (Index i = 0; i < x.rows; i += size) {
    const Index end = std::min(x.rows, i + size);
    CHECK(m.add(rows_of(x, i, end), rows_of(y, i, end), {}, 1, monitor));
  }
  return m;
}

// Largest difference of products beside the columns' lengths.
double worst(const Moments& m, const Matrix<double>& x, const Matrix<double>& y) {
  const Index cols = x.cols + y.cols;
  const auto value = [&](Index i, Index j) {
    return Wide(j < x.cols ? x(i, j) : y(i, j - x.cols));
  };
  std::vector<Wide> mean(static_cast<std::size_t>(cols), 0), square(mean);
  for (Index j = 0; j < cols; ++j) {
    for (Index i = 0; i < x.rows; ++i) mean[j] += value(i, j) / x.rows;
    for (Index i = 0; i < x.rows; ++i)
      square[j] += (value(i, j) - mean[j]) * (value(i, j) - mean[j]);
  }
  std::vector<double> products(static_cast<std::size_t>(x.cols * cols));
  m.products(products);
  double largest = 0.0;
  for (Index a = 0; a < x.cols; ++a) {
    for (Index b = 0; b < cols; ++b) {
      Wide sum = 0;
      for (Index i = 0; i < x.rows; ++i) sum += (value(i, a) - mean[a]) * (value(i, b) - mean[b]);
      const Wide error = (products[a * cols + b] - sum) / std::sqrt(square[a] * square[b]);
      largest = std::max(largest, std::abs(static_cast<double>(error)));
    }
  }
  return largest;
}

TEST(running_moments, portions_add_up_to_all_rows) {
  const auto x = random_matrix(n, p, 901), y = random_matrix(n, n_targets, 902);
  for (const Index size : {1, 5, 8, 9, 64, 300, 900}) {
    const auto m = in_portions(x, y, size);
    CHECK(m.n_rows() == n);
    CHECK(m.weight() == double(n));
    CHECK(worst(m, x, y) < 5e-15);
  }
}

TEST(running_moments, merging_and_subtracting) {
  const auto x = random_matrix(n, p, 903), y = random_matrix(n, n_targets, 904);
  const auto start = in_portions(x, y, 50);
  auto far = x;
  for (double& v : far.values) v = 3.0 * v + 100.0;
  const auto more = in_portions(far, y, 100);
  auto m = start;
  m.merge(more);
  CHECK(m.n_rows() == 2 * n);
  m.subtract(more);
  CHECK(worst(m, x, y) < 1e-14);
  CHECK_THROWS(std::invalid_argument, "the others of 2",
               Moments(start).subtract(m.select(std::vector<Index>{0, 1})));
  m.subtract(m);
  CHECK(m.n_rows() == 0);
}

TEST(running_moments, ridge_and_path_without_rows) {
  const auto x = random_matrix(n, p, 905), y = random_matrix(n, n_targets, 906);
  const auto m = in_portions(x, y, 100);
  Monitor monitor;
  for (const double alpha : {0.0, 1.0, 1e4}) {
    const RidgeData<double> data{.x = x.view(), .y = y.view(), .alpha = {&alpha, 1}};
    std::vector<double> b(p * n_targets), b0(n_targets), c(b), c0(b0), d(b), d0(b0);
    ridge(data, {}, monitor, b, b0);
    const auto info = ridge(m, {.alpha = {&alpha, 1}}, {}, monitor, c, c0);
    CHECK(info.status == Status::converged);
    RidgePath<double> path(m, {}, {}, monitor);
    CHECK(path.decompose(alpha));
    CHECK(path.coefficients({&alpha, 1}, d, d0));
    for (std::size_t i = 0; i < b.size(); ++i) {
      CHECK(std::abs(c[i] - b[i]) < 1e-14);
      CHECK(std::abs(d[i] - b[i]) < 1e-13);
    }
    std::vector<double> edf(1), rss(n_targets), errors(n_targets);
    path.measures({&alpha, 1}, edf, rss);
    m.squared_errors(c, c0, errors);
    for (Index t = 0; t < n_targets; ++t) CHECK(std::abs(rss[t] / errors[t] - 1.0) < 1e-13);
  }
}

TEST(running_moments, no_rows_change_nothing) {
  const auto x = random_matrix(20, p, 909), y = random_matrix(20, n_targets, 910);
  const MatrixView<float> no_floats{nullptr, 0, p, p, 1};
  const MatrixView<double> no_x{nullptr, 0, p, p, 1}, no_y{nullptr, 0, n_targets, n_targets, 1};
  Monitor monitor;
  for (auto m : {Moments(p, n_targets), in_portions(x, y, 20)}) {
    const auto bytes = m.to_bytes();
    CHECK(m.add(no_x, no_y, {}, 1, monitor));
    CHECK(m.add(no_floats, no_y, {}, 1, monitor));
    CHECK(m.to_bytes() == bytes);
    const MatrixView<double> narrow{nullptr, 0, p - 1, p - 1, 1};
    CHECK_THROWS(std::invalid_argument, "the moments are of", m.add(narrow, no_y, {}, 1, monitor));
  }
}

TEST(running_moments, bytes_hold_every_bit) {
  const auto x = random_matrix(200, p, 907), y = random_matrix(200, n_targets, 908);
  const auto m = in_portions(x, y, 7);
  const auto bytes = m.to_bytes(5);
  std::uint64_t tag = 0;
  CHECK(Moments::from_bytes(bytes, &tag).to_bytes(5) == bytes);
  CHECK(tag == 5);
  CHECK(m.to_bytes() != bytes);
  auto damaged = bytes;
  damaged[100] ^= std::byte{1};
  CHECK_THROWS(std::invalid_argument, "checksum", Moments::from_bytes(damaged));
}

}  // namespace
}  // namespace elltwo::test
