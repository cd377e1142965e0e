#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "linalg/compensated.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/active_set/columns.hpp"
#include "solvers/active_set/selected_columns.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

constexpr Index most_sides = 8;      // vectors that share the reading of an index: a line
constexpr Index column_pieces = 32;  // tasks of products()
constexpr Index gram_poll = 64;      // columns between polls of the monitor

// Calls f with the smallest of 1, 2, 4 and 8 that is at least `count`, as a constant.
template <class F>
void with_sides(Index count, F f) {
  if (count <= 1) f(std::integral_constant<Index, 1>{});
  else if (count <= 2) f(std::integral_constant<Index, 2>{});
  else if (count <= 4) f(std::integral_constant<Index, 4>{});
  else f(std::integral_constant<Index, 8>{});
}

// Element (i, k) at i * K + k for `count` <= K vectors v + k * n.
template <Index K>
Buffer<double> interleaved(Index n, Index count, const double* v) {
  auto out = Buffer<double>::zeros(n * K);
  for (Index k = 0; k < count; ++k) {
    for (Index i = 0; i < n; ++i) out[i * K + k] = v[k * n + i];
  }
  return out;
}

double compensated_sum(const double* v, Index n) {
  DoubleDouble sum;
  for (Index i = 0; i < n; ++i) sum.add(v[i]);
  return sum.value();
}

// z_j = e_j - offset_j with e_j = scale_j (x_j - centre_j) where X has a value, and 0 elsewhere. A
// centre is 0 but for columns with a value in every row, whose deviations may be small beside it.
template <Real T>
class SparseColumns final : public Columns {
 public:
  SparseColumns(SparseRows<T> columns, std::span<const double> scale, std::span<const double> shift,
                int n_threads, Monitor& monitor)
      : x_(std::move(columns)),
        scale_(scale),
        centre_(x_.rows, 0.0),
        offset_(x_.rows, 0.0),
        pieces_(equal_pieces(x_, column_pieces)),
        n_threads_(n_threads),
        monitor_(monitor) {
    for (Index j = 0; j < x_.rows && !shift.empty(); ++j) {
      const bool full = x_.start[j + 1] - x_.start[j] == x_.cols;
      if (full) centre_[j] = shift[j] / scale_of(j);
      offset_[j] = std::fma(-scale_of(j), centre_[j], shift[j]);
    }
  }

  Index n_rows() const override { return x_.cols; }
  Index n_columns() const override { return x_.rows; }
  Index n_selected() const override { return static_cast<Index>(selected_.size()); }

  std::unique_ptr<Columns> another(std::span<const double> shift, int n_threads,
                                   Monitor& monitor) const override {
    return std::make_unique<SparseColumns>(borrowed(x_), scale_, shift, n_threads, monitor);
  }

  void products(Index m, const double* v, double* out) override {
    for (Index k = 0; k < m; k += most_sides) {
      const Index count = std::min(most_sides, m - k);
      with_sides(count, [&](auto sides) {
        all_products<decltype(sides)::value>(count, v + k * x_.cols, out + k * x_.rows);
      });
    }
  }

  void products_of(std::span<const Index> columns, const double* v, double* out) override {
    const double sum = compensated_sum(v, x_.cols);
    for (std::size_t s = 0; s < columns.size(); ++s) {
      product<1>(columns[s], v, &sum, 1, out + s, 1);
      if (s % gram_poll == 0) check(monitor_);
    }
  }

  void select(std::span<const Index> columns) override {
    selected_.insert(selected_.end(), columns.begin(), columns.end());
  }

  void keep(const std::vector<Index>& places) override {
    for (std::size_t s = 0; s < places.size(); ++s) selected_[s] = selected_[places[s]];
    selected_.resize(places.size());
  }

  void gram(Index first, Index end, const double* weight, double* gram, Index ld) override {
    const auto others = weighted({selected_.data(), static_cast<std::size_t>(end)}, weight);
    const std::span few(others.columns.begin() + first, others.columns.end());
    const std::vector<double> sums(others.sums.begin() + first, others.sums.end());
    cross_gram({few, sums}, others, weight, gram + first * ld, ld);
    for (Index h = first; h < end; ++h) {
      for (Index i = first; i < h; ++i) gram[i * ld + h] = gram[h * ld + i];
    }
  }

  // SelectedColumns::gram() for these columns.
  void cross_gram(std::span<const Index> a, std::span<const Index> b, const double* weight,
                  double* out) const {
    cross_gram(weighted(a, weight), weighted(b, weight), weight, out, static_cast<Index>(b.size()));
  }

  void column(Index j, double* out) const override {
    std::fill_n(out, x_.cols, -offset_[j]);
    for (Index e = x_.start[j]; e < x_.start[j + 1]; ++e) out[x_.column[e]] += entry(j, e);
  }

  std::unique_ptr<SelectedColumns> selection(int n_threads, Monitor& monitor) const override;

  const std::vector<Index>& selected() const { return selected_; }

  // X' by rows, whose memory `columns` shares.
  SparseColumns(const SparseColumns& columns, int n_threads, Monitor& monitor)
      : x_(borrowed(columns.x_)),
        scale_(columns.scale_),
        centre_(columns.centre_),
        offset_(columns.offset_),
        pieces_(columns.pieces_),
        n_threads_(n_threads),
        monitor_(monitor) {}

  void selected_products(Index m, const double* v, double* out) override {
    const Index size = n_selected();
    for (Index k = 0; k < m; k += most_sides) {
      const Index count = std::min(most_sides, m - k);
      with_sides(count, [&](auto sides) {
        constexpr Index K = decltype(sides)::value;
        const auto dense = interleaved<K>(x_.cols, count, v + k * x_.cols);
        const auto sums = sums_of(count, v + k * x_.cols);
        for (Index i = 0; i < size; ++i) {
          product<K>(selected_[i], dense.data(), sums.data(), count, out + k * size + i, size);
        }
      });
    }
  }

  void combine(std::span<const Index> places, Index m, const double* coef, double* out) override {
    const auto n_places = static_cast<Index>(places.size());
    for (Index k = 0; k < m; k += most_sides) {
      const Index count = std::min(most_sides, m - k);
      with_sides(count, [&](auto sides) {
        combination<decltype(sides)::value>(places, count, coef + k * n_places, out + k * x_.cols);
      });
    }
  }

 private:
  double scale_of(Index j) const { return scale_.empty() ? 1.0 : scale_[j]; }
  double entry(Index j, Index e) const {
    return scale_of(j) * (static_cast<double>(x_.value[e]) - centre_[j]);
  }

  std::vector<double> sums_of(Index count, const double* v) const {
    std::vector<double> sums(count);
    for (Index k = 0; k < count; ++k) sums[k] = compensated_sum(v + k * x_.cols, x_.cols);
    return sums;
  }

  // acc = sum of (x - centre) v over the values of column j.
  template <Index K>
  void dots(Index j, const double* dense, double* acc) const {
    double sums[K] = {};
    const double centre = centre_[j];
    for (Index e = x_.start[j]; e < x_.start[j + 1]; ++e) {
      const double value = static_cast<double>(x_.value[e]) - centre;
      const double* row = dense + x_.column[e] * K;
      for (Index k = 0; k < K; ++k) sums[k] += value * row[k];
    }
    std::copy_n(sums, K, acc);
  }

  // out[k * ld_out] = z_j . v_k.
  template <Index K>
  void product(Index j, const double* dense, const double* sums, Index count, double* out,
               Index ld_out) const {
    double acc[K];
    dots<K>(j, dense, acc);
    for (Index k = 0; k < count; ++k) {
      out[k * ld_out] = scale_of(j) * acc[k] - offset_[j] * sums[k];
    }
  }

  template <Index K>
  void all_products(Index count, const double* v, double* out) const {
    const auto dense = interleaved<K>(x_.cols, count, v);
    const auto sums = sums_of(count, v);
    TaskCounter pieces(column_pieces);
    Relay relay(monitor_);
    const double work = 2.0 * static_cast<double>(x_.nonzeros() * K + x_.rows * K);
    run_team(threads_for(n_threads_, work), [&](TeamMember&) {
      for (Index piece = 0; pieces.next(piece);) {
        for (Index j = pieces_[piece]; j < pieces_[piece + 1]; ++j) {
          product<K>(j, dense.data(), sums.data(), count, out + j, x_.rows);
        }
        relay.check();
      }
    });
  }

  // Columns, and the sums of w e of each.
  struct Weighted {
    std::span<const Index> columns;
    std::vector<double> sums;
  };

  Weighted weighted(std::span<const Index> columns, const double* weight) const {
    Weighted result{columns, {}};
    for (const Index j : columns) {
      DoubleDouble sum;
      for (Index e = x_.start[j]; e < x_.start[j + 1]; ++e) {
        sum.add(weight != nullptr ? weight[x_.column[e]] * entry(j, e) : entry(j, e));
      }
      result.sums.push_back(sum.value());
    }
    return result;
  }

  // gram[h * ld + i] = sum_r w_r z_ri z_rh for the columns h of `few` and i of `others`.
  void cross_gram(const Weighted& few, const Weighted& others, const double* weight, double* gram,
                  Index ld) const {
    const auto n_few = static_cast<Index>(few.columns.size());
    const auto n_others = static_cast<Index>(others.columns.size());
    Index values = 0;
    for (const Index j : others.columns) values += x_.start[j + 1] - x_.start[j];
    const double work = 2.0 * static_cast<double>(values) * static_cast<double>(n_few);
    TaskCounter blocks((n_few + most_sides - 1) / most_sides);
    Relay relay(monitor_);
    run_team(threads_for(n_threads_, work), [&](TeamMember&) {
      auto dense = Buffer<double>::zeros(x_.cols * most_sides);
      for (Index block = 0; blocks.next(block);) {
        const Index h = block * most_sides;
        gram_block(few.columns.subspan(h, std::min(most_sides, n_few - h)), others.columns, weight,
                   dense, gram + h * ld, ld, relay);
      }
    });
    const double total =
        weight != nullptr ? compensated_sum(weight, x_.cols) : static_cast<double>(x_.cols);
    for (Index h = 0; h < n_few; ++h) {
      const double offset = offset_[few.columns[h]];
      const double sum_of_h = few.sums[h] - offset * total;  // of w z
      for (Index i = 0; i < n_others; ++i) {
        gram[h * ld + i] -= offset * others.sums[i] + offset_[others.columns[i]] * sum_of_h;
      }
    }
  }

  // gram[h * ld + i] = sum_r w_r e_ri e_rh for a few columns h and some i, with the columns h
  // spread out in `dense`, which is all zero before and after.
  void gram_block(std::span<const Index> few, std::span<const Index> others, const double* weight,
                  Buffer<double>& dense, double* gram, Index ld, Relay& relay) const {
    for (std::size_t h = 0; h < few.size(); ++h) {
      for (Index e = x_.start[few[h]]; e < x_.start[few[h] + 1]; ++e) {
        const Index row = x_.column[e];
        dense[row * most_sides + static_cast<Index>(h)] =
            weight != nullptr ? weight[row] * entry(few[h], e) : entry(few[h], e);
      }
    }
    for (std::size_t i = 0; i < others.size(); ++i) {
      double acc[most_sides];
      dots<most_sides>(others[i], dense.data(), acc);
      for (std::size_t h = 0; h < few.size(); ++h) {
        gram[static_cast<Index>(h) * ld + static_cast<Index>(i)] = scale_of(others[i]) * acc[h];
      }
      if (i % gram_poll == 0) relay.check();
    }
    for (std::size_t h = 0; h < few.size(); ++h) {
      for (Index e = x_.start[few[h]]; e < x_.start[few[h] + 1]; ++e) {
        dense[x_.column[e] * most_sides + static_cast<Index>(h)] = 0.0;
      }
    }
  }

  template <Index K>
  void combination(std::span<const Index> places, Index count, const double* coef, double* out) {
    auto dense = Buffer<double>::zeros(x_.cols * K);
    const auto n_places = static_cast<Index>(places.size());
    DoubleDouble constant[K];
    for (Index s = 0; s < n_places; ++s) {
      const Index j = selected_[places[s]];
      double b[K] = {};
      for (Index k = 0; k < count; ++k) {
        b[k] = coef[k * n_places + s];
        constant[k].add(-b[k] * offset_[j]);
      }
      for (Index e = x_.start[j]; e < x_.start[j + 1]; ++e) {
        const double value = entry(j, e);
        double* row = dense.data() + x_.column[e] * K;
        for (Index k = 0; k < K; ++k) row[k] += value * b[k];
      }
      if (s % gram_poll == 0) check(monitor_);
    }
    for (Index k = 0; k < count; ++k) {
      const double all = constant[k].value();
      for (Index i = 0; i < x_.cols; ++i) out[k * x_.cols + i] = dense[i * K + k] + all;
    }
  }

  SparseRows<T> x_;  // X' by rows
  std::span<const double> scale_;
  std::vector<double> centre_;
  std::vector<double> offset_;
  std::vector<Index> pieces_;
  int n_threads_;
  Monitor& monitor_;
  std::vector<Index> selected_;
};

// Selected columns that are read where X has them.
template <Real T>
class SparseSelection final : public SelectedColumns {
 public:
  SparseSelection(const SparseColumns<T>& x, int n_threads, Monitor& monitor)
      : columns_(x, n_threads, monitor) {}

  Index size() const override { return columns_.n_selected(); }
  void append(std::span<const Index> columns) override { columns_.select(columns); }
  void products(Index m, const double* v, double* out) override {
    columns_.selected_products(m, v, out);
  }

  void gram(std::span<const Index> a, std::span<const Index> b, const double* weight,
            double* out) override {
    const auto columns_at = [&](std::span<const Index> places) {
      std::vector<Index> columns;
      for (const Index place : places) columns.push_back(columns_.selected()[place]);
      return columns;
    };
    columns_.cross_gram(columns_at(a), columns_at(b), weight, out);
  }

  void combine(Index m, const double* coef, double* out) override {
    std::vector<Index> used;
    for (Index i = 0; i < size(); ++i) {
      bool any = false;
      for (Index k = 0; k < m; ++k) any = any || coef[k * size() + i] != 0.0;
      if (any) used.push_back(i);
    }
    std::vector<double> part;
    for (Index k = 0; k < m; ++k) {
      for (const Index i : used) part.push_back(coef[k * size() + i]);
    }
    columns_.combine(used, m, part.data(), out);
  }

  double step(Index m, const double* coef, double* eta, const RowsFn& evaluate, const double* r,
              double* out) override {
    const Index n = columns_.n_rows();
    std::vector<double> change(m * n);
    combine(m, coef, change.data());
    for (Index i = 0; i < m * n; ++i) eta[i] += change[i];
    const double value = evaluate(0, n);
    products(m, r, out);
    return value;
  }

 private:
  SparseColumns<T> columns_;
};

template <Real T>
std::unique_ptr<SelectedColumns> SparseColumns<T>::selection(int n_threads,
                                                             Monitor& monitor) const {
  return std::make_unique<SparseSelection<T>>(*this, n_threads, monitor);
}

}  // namespace

template <Real T>
std::unique_ptr<Columns> sparse_columns(SparseRows<T> columns, std::span<const double> scale,
                                        std::span<const double> shift, int n_threads,
                                        Monitor& monitor) {
  return std::make_unique<SparseColumns<T>>(std::move(columns), scale, shift, n_threads, monitor);
}

template <Real T>
std::unique_ptr<Columns> sparse_columns(const SparseView<T>& x, std::span<const double> scale,
                                        std::span<const double> shift, int n_threads,
                                        Monitor& monitor) {
  return sparse_columns(checked_columns(x, n_threads), scale, shift, n_threads, monitor);
}

template std::unique_ptr<Columns> sparse_columns<double>(SparseRows<double>,
                                                         std::span<const double>,
                                                         std::span<const double>, int, Monitor&);
template std::unique_ptr<Columns> sparse_columns<float>(SparseRows<float>, std::span<const double>,
                                                        std::span<const double>, int, Monitor&);
template std::unique_ptr<Columns> sparse_columns<double>(const SparseView<double>&,
                                                         std::span<const double>,
                                                         std::span<const double>, int, Monitor&);
template std::unique_ptr<Columns> sparse_columns<float>(const SparseView<float>&,
                                                        std::span<const double>,
                                                        std::span<const double>, int, Monitor&);

}  // namespace elltwo
