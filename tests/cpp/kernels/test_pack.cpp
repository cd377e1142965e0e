#include <algorithm>
#include <numeric>

#include "check.hpp"
#include "support/data.hpp"
#include "support/layouts.hpp"
#include "support/levels.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// What may be done to rows and columns on the way into a block.
struct Frame {
  std::vector<double> col_shift, col_scale, row_shift, row_scale, y_shift, y_scale;
  Matrix<double> y;
  std::vector<Index> gather;

  Frame(Index rows, Index cols, Index n_targets)
      : col_shift(random_values(cols, 1)),
        col_scale(random_weights(cols, 2)),
        row_shift(random_values(rows, 3)),
        row_scale(random_weights(rows, 4)),
        y_shift(random_values(n_targets, 5)),
        y_scale(random_weights(n_targets, 6)),
        y(random_matrix(rows, n_targets, 7)),
        gather(rows) {
    std::iota(gather.begin(), gather.end(), Index{0});
    std::reverse(gather.begin(), gather.end());
    if (rows > 2) gather[1] = gather[0];  // a row may come twice
  }

  template <Real S>
  void apply(Source<S>& source, bool gathered, bool extras) const {
    source.col_shift = col_shift.data();
    source.col_scale = col_scale.data();
    source.row_shift = row_shift.data();
    source.row_scale = row_scale.data();
    if (gathered) source.row_index = gather.data();
    if (!extras) return;
    source.y = y.view();
    source.y_shift = y_shift.data();
    source.y_scale = y_scale.data();
    source.ones = true;
  }
};

constexpr double guard = -777.0;

/// A way to pack and the width of its panels.
template <Real S, Real T>
struct Packing {
  Index width;
  PackFn<S, T> pack;
};

template <Real S, Real T>
Packing<S, T> regular(const Kernels& kernels) {
  return {kernels.width<T>(), kernels.pack<S, T>()};
}

template <Real T>
Packing<T, T> narrow(const Kernels& kernels) {
  return {kernels.narrow<T>().width, kernels.narrow<T>().pack};
}

/// Packs panels [begin, end) of rows [k0, k0 + kc) into a block full of guards.
template <Real S, Real T>
std::vector<T> packed(const Packing<S, T>& packing, const Source<S>& source, Index k0, Index kc,
                      Index begin, Index end, Index stride) {
  const Index width = packing.width;
  const Index panels = (source.cols() + width - 1) / width;
  std::vector<T> out(((panels - 1) * stride + kc * width), T(guard));
  packing.pack(source, k0, kc, begin, end, out.data(), stride);
  return out;
}

/// Elements in the block that are not what the definition of Source says, guards included.
template <Real S, Real T>
Index wrong_elements(const Packing<S, T>& packing, const Source<S>& source, Index k0, Index kc,
                     Index begin, Index end) {
  const Index width = packing.width;
  const Index stride = kc * width + 3;
  auto out = packed<S, T>(packing, source, k0, kc, begin, end, stride);
  // Sizes are at most 4 (scales) times 3 (value and shifts); a handful of roundings.
  const auto tolerance = 40.0L * std::numeric_limits<T>::epsilon();
  Index wrong = 0;
  for (Index c = begin * width; c < end * width; ++c) {
    for (Index k = 0; k < kc; ++k) {
      T& got = out[c / width * stride + k * width + c % width];
      const bool exists = c < source.cols();
      const Wide wanted = exists ? source_value(source, k0 + k, c) : 0.0L;
      wrong += !(std::abs(got - wanted) <= (exists ? tolerance : 0.0L));
      got = T(guard);
    }
  }
  return wrong + std::count_if(out.begin(), out.end(), [](T v) { return v != T(guard); });
}

template <Real S, Real T>
void check_pack(const Packing<S, T>& packing, const Layout& layout, const Matrix<double>& values) {
  const Case shape(layout.name, values.rows, 'x', values.cols);
  const Index odd = (values.rows + values.cols) % 2;
  const auto x = lay_out<S>(layout, values);
  const Frame frame(values.rows, values.cols, values.rows % 5);
  Source<S> source{.x = x.view};
  const auto check = [&] {
    const Index panels = (source.cols() + packing.width - 1) / packing.width;
    CHECK_EQUAL((wrong_elements<S, T>(packing, source, 0, values.rows, 0, panels)), 0);
  };
  check();
  frame.apply(source, odd == 0, values.rows % 3 == 0);
  check();
}

template <Real S, Real T>
void check_all_sizes() {
  const auto check = [](Index rows, Index cols) {
    const auto values = random_matrix(rows, cols, 11);
    for_each_level([&](const Kernels& kernels) {
      for (const auto& layout : layouts) {
        check_pack<S, T>(regular<S, T>(kernels), layout, values);
        if constexpr (std::same_as<S, T>) check_pack<T, T>(narrow<T>(kernels), layout, values);
      }
    });
  };
  for (Index cols = 1; cols <= 70; ++cols) {
    for (const Index rows : {1, 8, 17, 18}) check(rows, cols);
  }
  for (Index rows = 1; rows <= 130; ++rows) {
    for (const Index cols : {3, 8, 17}) check(rows, cols);
  }
}

}  // namespace

TEST(pack, double_in_every_layout_and_size) { check_all_sizes<double, double>(); }

TEST(pack, float_in_every_layout_and_size) { check_all_sizes<float, float>(); }

TEST(pack, float_as_double_in_every_layout_and_size) { check_all_sizes<float, double>(); }

TEST(pack, double_as_float_in_every_layout_and_size) { check_all_sizes<double, float>(); }

TEST(pack, weighted_rows_without_a_shift) {
  for_each_level([](const Kernels& kernels) {
    for (Index cols = 1; cols <= 40; ++cols) {
      const Case shape(cols, "features");
      const auto x = random_matrix(19, cols, 41);
      const Frame frame(19, cols, 1);
      Source<double> source{.x = x.view()};
      frame.apply(source, false, true);
      source.row_shift = nullptr;
      const auto packing = regular<double, double>(kernels);
      const Index panels = (source.cols() + packing.width - 1) / packing.width;
      CHECK_EQUAL((wrong_elements<double, double>(packing, source, 1, 18, 0, panels)), 0);
      source.row_scale = nullptr;
      CHECK_EQUAL((wrong_elements<double, double>(packing, source, 1, 18, 0, panels)), 0);
    }
  });
}

TEST(pack, writes_the_asked_for_rows_and_panels_only) {
  for_each_level([](const Kernels& kernels) {
    for (const auto& layout : layouts) {
      const Case which(layout.name);
      const auto x = lay_out<double>(layout, random_matrix(60, 45, 21));
      const Frame frame(60, 45, 3);
      Source<double> source{.x = x.view};
      frame.apply(source, false, true);
      const Index panels = (source.cols() + kernels.width_f64 - 1) / kernels.width_f64;
      for (Index begin = 0; begin < panels; ++begin) {
        for (const Index end : {begin + 1, panels}) {
          CHECK_EQUAL((wrong_elements<double, double>(regular<double, double>(kernels), source, 13,
                                                      39, begin, end)),
                      0);
        }
      }
    }
  });
}

TEST(pack, extra_columns_in_any_lane) {
  for_each_level([](const Kernels& kernels) {
    for (Index cols = 1; cols <= 17; ++cols) {
      for (Index n_targets = 0; n_targets <= 20; ++n_targets) {
        const Case shape(cols, "features,", n_targets, "targets");
        const auto x = converted<float>(random_matrix(5, cols, 31));
        const Frame frame(5, cols, n_targets);
        Source<float> source{.x = x.view()};
        frame.apply(source, n_targets % 2 == 0, true);
        source.ones = cols % 3 != 0;
        const Index panels = (source.cols() + kernels.width_f32 - 1) / kernels.width_f32;
        CHECK_EQUAL(
            (wrong_elements<float, float>(regular<float, float>(kernels), source, 0, 5, 0, panels)),
            0);
      }
    }
  });
}

TEST(pack, float_data_keep_their_digits_in_a_double_block) {
  // 1 + 2^-20 about 1 is exact in double; in float the scale's product would be rounded.
  const Matrix<float> x = [] {
    Matrix<float> m(3, 20);
    std::fill(m.values.begin(), m.values.end(), 1.0F + 0x1p-20F);
    return m;
  }();
  const std::vector<double> shift(20, 1.0 + 0x1p-40);
  for_each_level([&](const Kernels& kernels) {
    const Source<float> source{.x = x.view(), .col_shift = shift.data()};
    const Index panels = (20 + kernels.width_f64 - 1) / kernels.width_f64;
    const auto out = packed<float, double>(regular<float, double>(kernels), source, 0, 3, 0, panels,
                                           3 * kernels.width_f64);
    CHECK_EQUAL(out[0], 0x1p-20 - 0x1p-40);
    CHECK_EQUAL(out[kernels.width_f64], 0x1p-20 - 0x1p-40);
  });
}

}  // namespace elltwo::test
