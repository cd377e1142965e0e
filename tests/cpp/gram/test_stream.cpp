#include <algorithm>
#include <atomic>

#include "check.hpp"
#include "gram/stream.hpp"
#include "support/data.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

// z = (row + 1) - f: shows whether the map sees the right rows.
void residual(Index k0, Index kc, double* f, Index ld, Index n_targets) {
  for (Index t = 0; t < n_targets; ++t) {
    for (Index k = 0; k < kc; ++k)
      f[t * ld + k] = static_cast<double>(k0 + k + 1) / 64.0 - f[t * ld + k];
  }
}

template <Real S>
Buffer<double> pass(const Source<S>& source, const Matrix<double>& coef, int n_threads) {
  const RowMap map = [&](Index k0, Index kc, double* f, Index ld) {
    residual(k0, kc, f, ld, coef.rows);
  };
  Monitor monitor;
  return stream_pass(source, coef.rows, coef.values.data(), map, n_threads, monitor);
}

template <Real S>
void check_pass(const Source<S>& source, Index n_targets) {
  const Case shape(source.rows(), 'x', source.cols(), ',', n_targets, "targets");
  const auto coef = random_matrix(n_targets, source.cols(), 201);
  const auto got = pass(source, coef, 2);
  CHECK_EQUAL(got.size(), n_targets * source.cols());
  for (Index t = 0; t < n_targets; ++t) {
    std::vector<Wide> wanted(source.cols(), 0.0L);
    Wide size = 0.0L;
    for (Index k = 0; k < source.rows(); ++k) {
      Wide z = static_cast<Wide>(k + 1) / 64.0L;
      for (Index c = 0; c < source.cols(); ++c) z -= source_value(source, k, c) * coef(t, c);
      size += std::abs(z) + static_cast<Wide>(source.cols());
      for (Index c = 0; c < source.cols(); ++c) {
        wanted[c] += source_value(source, k, c) * z;
      }
    }
    for (Index c = 0; c < source.cols(); ++c) {
      CHECK_CLOSE(got[t * source.cols() + c], wanted[c], 1e-14L * size);
    }
  }
}

template <Real S>
Source<S> framed(const Matrix<S>& x, const std::vector<double>& frame) {
  return {.x = x.view(), .col_shift = frame.data(), .row_scale = frame.data(), .ones = true};
}

}  // namespace

TEST(stream, agrees_with_the_definition) {
  for (const Index p : {1, 2, 7, 8, 9, 23, 64}) {
    for (const Index n_targets : {1, 3, 4, 6, 11}) {
      for (const Index n : {1, 5, 8, 255, 300}) {
        const auto x = random_matrix(n, p, 202);
        const auto frame = random_weights(std::max(n, p), 203);
        check_pass(framed(x, frame), n_targets);
        check_pass(framed(converted<float>(x), frame), n_targets);
      }
    }
  }
}

TEST(stream, wide_and_transposed) {
  const auto x = random_matrix(6, 3000, 204);
  const auto shift = random_values(3000, 205);
  check_pass(Source<double>{.x = x.view()}, 2);
  check_pass(Source<double>{.x = x.view().transposed(), .row_shift = shift.data()}, 2);
}

TEST(stream, every_row_is_mapped_once) {
  const auto x = random_matrix(5000, 50, 206);
  const auto coef = random_matrix(3, 50, 207);
  std::vector<std::atomic<int>> seen(5000);
  const RowMap map = [&](Index k0, Index kc, double*, Index) {
    for (Index k = k0; k < k0 + kc; ++k) ++seen[k];
  };
  Monitor monitor;
  stream_pass(Source<double>{.x = x.view()}, 3, coef.values.data(), map, 3, monitor);
  CHECK(std::all_of(seen.begin(), seen.end(), [](const auto& count) { return count == 1; }));
}

TEST(stream, bits_do_not_depend_on_threads) {
  const auto x = random_matrix(20000, 63, 208);
  const auto frame = random_weights(20000, 209);
  const auto coef = random_matrix(5, 64, 210);
  const auto single = converted<float>(x);
  const auto alone = pass(framed(x, frame), coef, 1);
  const auto alone_float = pass(framed(single, frame), coef, 1);
  for (const int n_threads : {2, 3, 5}) {
    const Case team(n_threads, "threads");
    CHECK(std::ranges::equal(pass(framed(x, frame), coef, n_threads), alone));
    CHECK(std::ranges::equal(pass(framed(single, frame), coef, n_threads), alone_float));
  }
}

TEST(stream, layout_does_not_matter) {
  const auto x = random_matrix(333, 29, 211);
  const auto coef = random_matrix(2, 29, 212);
  const auto wanted = pass(Source<double>{.x = x.view()}, coef, 1);
  for (const auto& layout : layouts) {
    const Case which(layout.name);
    const auto laid_out = lay_out<double>(layout, x);
    CHECK(std::ranges::equal(pass(Source<double>{.x = laid_out.view}, coef, 2), wanted));
  }
}

}  // namespace elltwo::test
