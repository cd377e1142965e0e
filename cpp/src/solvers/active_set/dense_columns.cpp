#include <algorithm>
#include <cmath>

#include "kernels/table.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/active_set/columns.hpp"
#include "solvers/active_set/packed_columns.hpp"
#include "solvers/active_set/row_panels.hpp"

namespace elltwo {
namespace {

constexpr Index panel_columns = 32;     // columns of a task of products()
constexpr Index panel_rows = 1024;      // rows of a block that stays in the second cache
constexpr Index transposed_block = 32;  // rows and columns that are copied together
constexpr Index polled_columns = 256;   // columns between polls of the monitor

// A copy by columns of the columns [begin, end).
template <Real T>
void copy_by_columns(const MatrixView<T>& x, Index begin, Index end, T* to, Index ld) {
  for (Index i0 = 0; i0 < x.rows; i0 += transposed_block) {
    const Index i1 = std::min(i0 + transposed_block, x.rows);
    for (Index j = begin; j < end; ++j) {
      for (Index i = i0; i < i1; ++i) to[j * ld + i] = x(i, j);
    }
  }
}

template <Real T>
class DenseColumns final : public Columns {
 public:
  DenseColumns(MatrixView<T> x, std::span<const double> scale, std::span<const double> shift,
               int n_threads, Monitor& monitor)
      : x_(x),
        scale_(scale),
        centre_(x.cols, 0.0),
        rest_(x.cols, 0.0),
        n_threads_(n_threads),
        monitor_(monitor),
        packed_(x.rows, n_threads, monitor) {
    // z = scale (x - centre) - rest, where rest is the rounding error of centre.
    for (Index j = 0; j < x.cols && !shift.empty(); ++j) {
      centre_[j] = shift[j] / scale_of(j);
      rest_[j] = std::fma(-scale_of(j), centre_[j], shift[j]);
    }
    if (x.row_stride != 1) copy();
  }

  Index n_rows() const override { return x_.rows; }
  Index n_columns() const override { return x_.cols; }
  Index n_selected() const override { return packed_.size(); }

  std::unique_ptr<Columns> another(std::span<const double> shift, int n_threads,
                                   Monitor& monitor) const override {
    return std::make_unique<DenseColumns>(x_, scale_, shift, n_threads, monitor);
  }

  void products(Index m, const double* v, double* out) override {
    const PaddedVectors sides(x_.rows, m, v);
    std::vector<double> sums(m, 0.0);
    for (Index k = 0; k < m; ++k) {
      for (Index i = 0; i < x_.rows; ++i) sums[k] += v[k * x_.rows + i];
    }
    TaskCounter panels((x_.cols + panel_columns - 1) / panel_columns);
    Relay relay(monitor_);
    const double work = 2.0 * static_cast<double>(x_.rows) * x_.cols * m;
    run_team(threads_for(n_threads_, work), [&](TeamMember&) {
      for (Index panel = 0; panels.next(panel);) {
        const Index begin = panel * panel_columns;
        panel_products(begin, std::min(begin + panel_columns, x_.cols), sides, m, out);
        for (Index j = begin; j < std::min(begin + panel_columns, x_.cols); ++j) {
          for (Index k = 0; k < m; ++k) {
            double& product = out[k * x_.cols + j];
            product = scale_of(j) * product - rest_[j] * sums[k];
          }
        }
        relay.check();
      }
    });
  }

  void products_of(std::span<const Index> columns, const double* v, double* out) override {
    const PaddedVectors side(x_.rows, 1, v);
    double sum = 0.0;
    for (Index i = 0; i < x_.rows; ++i) sum += v[i];
    for (std::size_t s = 0; s < columns.size(); ++s) {
      const Index j = columns[s];
      out[s] = 0.0;
      add_products(j, j + 1, side, 1, out + s, 1);
      out[s] = scale_of(j) * out[s] - rest_[j] * sum;
      if (s % polled_columns == 0) check(monitor_);
    }
  }

  void select(std::span<const Index> columns) override {
    const auto count = static_cast<Index>(columns.size());
    const Index before = packed_.size();
    packed_.append(count);
    for (Index s = 0; s < count; ++s) {
      column(columns[s], packed_.column(before + s));
    }
  }

  void column(Index j, double* out) const override {
    const T* from = x_.data + j * x_.col_stride;
    const double scale = scale_of(j);
    for (Index i = 0; i < x_.rows; ++i) {
      out[i] = scale * (static_cast<double>(from[i]) - centre_[j]) - rest_[j];
    }
  }

  std::unique_ptr<SelectedColumns> selection(int n_threads, Monitor& monitor) const override {
    return std::make_unique<RowPanels>(*this, n_threads, monitor);
  }

  void keep(const std::vector<Index>& places) override { packed_.keep(places); }

  void gram(Index first, Index end, const double* weight, double* gram, Index ld) override {
    packed_.gram(first, end, weight, gram, ld);
  }

  void selected_products(Index m, const double* v, double* out) override {
    packed_.products(m, v, out);
  }

  void combine(std::span<const Index> places, Index m, const double* coef, double* out) override {
    packed_.combine(places, m, coef, out);
  }

 private:
  double scale_of(Index j) const { return scale_.empty() ? 1.0 : scale_[j]; }

  // Columns of X that cannot be read in place are copied once, side by side.
  void copy() {
    const Index ld = column_distance(x_.rows);
    copy_ = Buffer<T>(ld * x_.cols);
    TaskCounter panels((x_.cols + panel_columns - 1) / panel_columns);
    Relay relay(monitor_);
    const double work = 4.0 * static_cast<double>(x_.rows) * x_.cols;
    run_team(threads_for(n_threads_, work), [&](TeamMember&) {
      for (Index panel = 0; panels.next(panel);) {
        const Index begin = panel * panel_columns;
        copy_by_columns(x_, begin, std::min(begin + panel_columns, x_.cols), copy_.data(), ld);
        relay.check();
      }
    });
    x_ = {copy_.data(), x_.rows, x_.cols, 1, ld};
  }

  // out = X'V, without scales, for the columns [begin, end).
  void panel_products(Index begin, Index end, const PaddedVectors& sides, Index m,
                      double* out) const {
    for (Index k = 0; k < m; ++k)
      std::fill(out + k * x_.cols + begin, out + k * x_.cols + end, 0.0);
    add_products(begin, end, sides, m, out + begin, x_.cols);
  }

  // out[k * ld_out + j - begin] += x_j . v_k, without scales, for the columns [begin, end).
  void add_products(Index begin, Index end, const PaddedVectors& sides, Index m, double* out,
                    Index ld_out) const {
    for (Index i = 0; i < x_.rows; i += panel_rows) {
      kernels().column_products<T>()(
          std::min(panel_rows, x_.rows - i), x_.data + begin * x_.col_stride + i, x_.col_stride,
          end - begin, centre_.data() + begin, sides.data() + i, sides.ld, m, out, ld_out);
    }
  }

  MatrixView<T> x_;
  std::span<const double> scale_;
  std::vector<double> centre_;
  std::vector<double> rest_;
  int n_threads_;
  Monitor& monitor_;
  Buffer<T> copy_;
  PackedColumns packed_;
};

}  // namespace

template <Real T>
std::unique_ptr<Columns> dense_columns(MatrixView<T> x, std::span<const double> scale,
                                       std::span<const double> shift, int n_threads,
                                       Monitor& monitor) {
  return std::make_unique<DenseColumns<T>>(x, scale, shift, n_threads, monitor);
}

template std::unique_ptr<Columns> dense_columns<double>(MatrixView<double>, std::span<const double>,
                                                        std::span<const double>, int, Monitor&);
template std::unique_ptr<Columns> dense_columns<float>(MatrixView<float>, std::span<const double>,
                                                       std::span<const double>, int, Monitor&);

}  // namespace elltwo
