#include <algorithm>

#include "check.hpp"
#include "gram/moments.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

struct Data {
  Matrix<double> x, y;
  std::vector<double> root_weight;
  Scales scales;

  Data(Index n, Index p, Index n_targets)
      : x(random_matrix(n, p, 301)), y(random_matrix(n, n_targets, 302)) {}

  Wide weight(Index i) const {
    return root_weight.empty() ? 1.0L : Wide(root_weight[i]) * root_weight[i];
  }

  /// Column j of scaled [x | y].
  Wide value(Index i, Index j) const {
    const bool is_x = j < x.cols;
    const auto& scale = is_x ? scales.x : scales.y;
    const Index c = is_x ? j : j - x.cols;
    return (scale.empty() ? 1.0 : scale[c]) * Wide(is_x ? x(i, c) : y(i, c));
  }
};

template <Real S>
ScaledMoments moments_of(const Data& data, bool centred) {
  const auto x = converted<S>(data.x);
  const MomentsInput<S> input{
      .x = x.view(),
      .y = data.y.view(),
      .sqrt_weight = data.root_weight.empty() ? nullptr : data.root_weight.data(),
      .scales = data.scales,
      .centred = centred};
  Monitor monitor;
  return compute_moments(input, 2, monitor);
}

struct Reference {
  Wide weight = 0.0L;
  std::vector<Wide> mean;
  Matrix<Wide> product;

  Reference(const Data& data, bool centred)
      : mean((data.x.cols + data.y.cols), 0.0L),
        product(data.x.cols + data.y.cols, data.x.cols + data.y.cols) {
    for (Index i = 0; i < data.x.rows; ++i) weight += data.weight(i);
    for (Index j = 0; centred && j < product.cols; ++j) {
      for (int pass = 0; pass < 2; ++pass) move_mean(data, j);
    }
    for (Index k = 0; k < data.x.rows; ++k) add(data, k);
  }

  void move_mean(const Data& data, Index j) {
    Wide& c = mean[j];
    Wide sum = 0.0L;
    for (Index i = 0; i < data.x.rows; ++i) sum += data.weight(i) * (data.value(i, j) - c);
    c += sum / weight;
  }

  void add(const Data& data, Index k) {
    for (Index i = 0; i < product.rows; ++i) {
      const Wide a = data.weight(k) * (data.value(k, i) - mean[i]);
      for (Index j = i; j < product.cols; ++j) {
        product(i, j) += a * (data.value(k, j) - mean[j]);
      }
    }
  }
};

/// All products relative to their columns' norms, means relative to the spread about them.
template <Real S>
void check_moments(const Data& data, bool centred, double tolerance) {
  const ScaledMoments m = moments_of<S>(data, centred);
  const Reference wanted(data, centred);
  const Index p = data.x.cols;
  const auto norm = [&](Index j) { return std::sqrt(wanted.product(j, j)); };
  CHECK_EQUAL(m.n_features, p);
  CHECK_EQUAL(m.n_targets, data.y.cols);
  CHECK_CLOSE(m.weight, centred ? wanted.weight : 0.0L, (tolerance + 4.0 * eps) * wanted.weight);
  for (Index j = 0; j < p; ++j) {
    for (Index i = 0; i <= j; ++i) {
      CHECK_CLOSE(m.xx(j, i), wanted.product(i, j), tolerance * norm(i) * norm(j));
    }
    for (Index t = 0; t < data.y.cols; ++t) {
      CHECK_CLOSE(m.xy(j, t), wanted.product(j, p + t), tolerance * norm(j) * norm(p + t));
    }
  }
  for (Index t = 0; t < data.y.cols; ++t) {
    CHECK_CLOSE(m.yy(t), wanted.product(p + t, p + t), tolerance * norm(p + t) * norm(p + t));
  }
  for (Index j = 0; j < p + data.y.cols; ++j) {
    const Wide mean = wanted.mean[j];
    const double got = j < p ? m.x_mean[j] : m.y_mean[j - p];
    const Wide spread = norm(j) / std::sqrt(wanted.weight);
    CHECK_CLOSE(got, mean, tolerance * spread + 2.0 * eps * std::abs(mean));
  }
}

}  // namespace

TEST(moments, weighted_and_plain_centred_and_not) {
  for (const bool centred : {true, false}) {
    for (const bool weighted : {true, false}) {
      Data data(700, 13, 3);
      if (weighted) data.root_weight = random_weights(700, 303);
      check_moments<double>(data, centred, 1e-13);
      check_moments<float>(data, centred, 2e-5);
    }
  }
}

TEST(moments, a_mean_of_a_million_costs_no_digits) {
  Data data(2000, 9, 2);
  for (double& v : data.x.values) v += 1e6;
  for (double& v : data.y.values) v -= 1e6;
  check_moments<double>(data, true, 1e-13);
}

TEST(moments, float_products_are_formed_about_the_mean) {
  Data data(2000, 9, 2);
  for (double& v : data.x.values) v = static_cast<double>(static_cast<float>(v + 64.0));
  check_moments<float>(data, true, 2e-5);
}

TEST(moments, first_rows_unlike_the_rest) {
  for (const double offset : {1e3, 1e9}) {
    const Case which("offset", offset);
    Data data(3000, 6, 2);
    data.root_weight.assign(3000, 1.0);
    for (Index i = 0; i < 256; ++i) {
      for (Index j = 0; j < 6; ++j) data.x(i, j) += offset;
      for (Index t = 0; t < 2; ++t) data.y(i, t) -= offset;
      data.root_weight[i] = 0.0;
    }
    check_moments<double>(data, true, 1e-12);
    if (offset < 1e6) check_moments<float>(data, true, 1e-4);
  }
}

TEST(moments, first_rows_with_next_to_no_weight) {
  Data data(3000, 6, 1);
  data.root_weight.assign(3000, 1.0);
  for (Index i = 0; i < 256; ++i) {
    for (Index j = 0; j < 6; ++j) data.x(i, j) += 1e7;
    data.root_weight[i] = 1e-9;
  }
  check_moments<double>(data, true, 1e-12);
}

TEST(moments, exact_scales) {
  Data data(300, 5, 2);
  data.scales = {.x = {1.0, 0x1p-3, 4.0, 0x1p10, 0x1p-20}, .y = {2.0, 0x1p-7}};
  for (Index i = 0; i < 300; ++i) data.x(i, 2) += 1e5;
  check_moments<double>(data, true, 1e-13);
  check_moments<double>(data, false, 1e-13);
}

TEST(moments, one_row_and_constant_columns) {
  Data one(1, 3, 1);
  check_moments<double>(one, true, 0.0);
  Data data(500, 3, 1);
  for (Index i = 0; i < 500; ++i) data.x(i, 1) = 0.1;
  const ScaledMoments m = moments_of<double>(data, true);
  CHECK_EQUAL(m.xx(1, 1), 0.0);
  CHECK_EQUAL(m.xx(0, 1), 0.0);
  CHECK_EQUAL(m.x_mean[1], 0.1);
}

TEST(moments, provisional_mean_is_near_the_mean_of_the_first_rows) {
  auto x = random_matrix(600, 4, 304);
  for (Index i = 0; i < 600; ++i) {
    x(i, 1) = 0.1;                    // constant: exact
    x(i, 2) += i < 256 ? 1e6 : -1e6;  // the first rows alone count
    x(i, 3) = i == 7 ? nan : x(i, 3);
  }
  const auto mean = provisional_mean(x.view(), static_cast<const double*>(nullptr));
  CHECK_CLOSE(mean[0], 0.0, 0.2);
  CHECK_EQUAL(mean[1], 0.1);
  CHECK_CLOSE(mean[2], 1e6, 0.2);
  CHECK_EQUAL(mean[3], 0.0);  // NaN is not used as a shift
  const std::vector<double> none(600, 0.0);
  CHECK_EQUAL(provisional_mean(x.view(), none.data())[0], x(0, 0));
}

TEST(moments, provisional_mean_of_floats_is_a_float) {
  const auto x = converted<float>(random_matrix(100, 8, 305));
  for (const double c : provisional_mean(x.view(), static_cast<const double*>(nullptr))) {
    CHECK_EQUAL(c, static_cast<double>(static_cast<float>(c)));
  }
}

}  // namespace elltwo::test
