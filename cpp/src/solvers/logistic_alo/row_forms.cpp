#include "solvers/logistic_alo/row_forms.hpp"

#include <algorithm>
#include <atomic>

#include "kernels/table.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index block_panels = 12;  // of rows: a whole number of tiles on all machines

/// V by panels of its rows, columns of each output in the order of X's features.
template <Real P>
class PackedInverse {
 public:
  PackedInverse(const InverseFactor& factor, Index n_features);

  Index panels() const { return panels_; }
  Index n_outputs() const { return n_outputs_; }
  /// How many outputs have columns in a panel's rows; the first ones do.
  Index outputs_of(Index panel) const {
    return std::min(n_outputs_, (last_row(panel) / per_output_) + 1);
  }
  Index rows_of(Index panel) const { return last_row(panel) + 1 - panel * width_; }

  /// V X^T of a panel's rows for one output: rows_of(panel) x ld.
  void multiply(Index panel, Index output, const P* x, Index x_panels, Index x_stride, double* out,
                Index ld) const;

 private:
  Index last_row(Index panel) const { return std::min(m_, (panel + 1) * width_) - 1; }
  const P* block(Index output, Index panel) const {
    return values_.data() + (output * panels_ + panel) * n_features_ * width_;
  }

  Index n_features_;
  Index n_outputs_;
  Index per_output_;
  Index m_;
  Index width_;
  Index panels_;
  Buffer<P> values_;
  Buffer<double> of_ones_;    // outputs x m
  std::vector<Index> depth_;  // features that count, outputs x panels
};

template <Real P>
PackedInverse<P>::PackedInverse(const InverseFactor& factor, Index n_features)
    : n_features_(n_features),
      n_outputs_(factor.n_outputs),
      per_output_(static_cast<Index>(factor.columns.size())),
      m_(factor.size()),
      width_(kernels().width<P>()),
      panels_((m_ + width_ - 1) / width_),
      values_(Buffer<P>::zeros(n_outputs_ * panels_ * n_features * width_)),
      of_ones_(Buffer<double>::zeros(n_outputs_ * m_)),
      depth_(n_outputs_ * panels_, 0) {
  for (Index o = 0; o < n_outputs_; ++o) {
    for (Index c = 0; c < per_output_; ++c) {
      const Index j = factor.columns[c];
      const Index first = o * per_output_ + c;
      const double* v = factor.v.data() + first * m_;
      if (j == n_features) {
        std::copy(v + first, v + m_, of_ones_.data() + o * m_ + first);
        continue;
      }
      for (Index panel = first / width_; panel < panels_; ++panel) {
        depth_[o * panels_ + panel] = j + 1;
        P* to = values_.data() + ((o * panels_ + panel) * n_features + j) * width_;
        for (Index r = std::max(first, panel * width_); r <= last_row(panel); ++r) {
          to[r - panel * width_] = static_cast<P>(v[r]);
        }
      }
    }
  }
}

template <Real P>
void PackedInverse<P>::multiply(Index panel, Index output, const P* x, Index x_panels,
                                Index x_stride, double* out, Index ld) const {
  const Index rows = rows_of(panel);
  for (Index r = 0; r < rows; ++r) {
    std::fill_n(out + r * ld, ld, of_ones_[output * m_ + panel * width_ + r]);
  }
  const Index depth = depth_[output * panels_ + panel];
  Ahead nothing;
  if (depth > 0) {
    kernels().tiles<P>()(depth, block(output, panel), rows, x, x_panels, x_stride, out, ld,
                         nothing);
  }
}

/// forms[pair] += the products of two outputs' rows of a panel.
void add_forms(Index n_outputs, Index outputs, Index rows, const double* vx, Index ld,
               double* forms) {
  const Index size = rows * ld;
  Index pair = 0;
  for (Index k = 0; k < outputs; ++k) {
    for (Index l = k; l < n_outputs; ++l, ++pair) {
      if (l >= outputs) continue;
      kernels().column_dots(rows, vx + k * size, vx + l * size, ld, forms + pair * ld);
    }
  }
}

template <Real P>
void block_forms(const PackedInverse<P>& inverse, const P* x, Index x_panels, Index x_stride,
                 Index ld, Buffer<double>& vx, double* forms) {
  for (Index panel = 0; panel < inverse.panels(); ++panel) {
    const Index rows = inverse.rows_of(panel), outputs = inverse.outputs_of(panel);
    for (Index o = 0; o < outputs; ++o) {
      inverse.multiply(panel, o, x, x_panels, x_stride, vx.data() + o * rows * ld, ld);
    }
    add_forms(inverse.n_outputs(), outputs, rows, vx.data(), ld, forms);
  }
}

}  // namespace

template <Real P, Real T>
bool row_forms(const LogisticProblem<T>& problem, MatrixView<T> x,
               const std::vector<InverseFactor>& factors, const FormsVisit& visit) {
  const Index p = x.cols, outputs = problem.n_outputs(), width = kernels().width<P>();
  const auto frame = problem.source(problem.rows());
  std::vector<PackedInverse<P>> inverses;
  double work = 0.0;
  for (const auto& factor : factors) {
    inverses.emplace_back(factor, p);
    work += static_cast<double>(x.rows) * static_cast<double>(factor.size() * factor.size());
  }
  const Index ld = block_panels * width, stride = p * width + width;
  const Index n_blocks = (x.rows + ld - 1) / ld;
  TaskCounter blocks(n_blocks);
  std::atomic<bool> stop{false};
  const int team = threads_for(problem.options().n_threads, work);
  run_team(static_cast<int>(std::min<Index>(team, n_blocks)), [&](TeamMember& member) {
    Buffer<P> packed(block_panels * stride);
    Buffer<double> vx(outputs * width * ld);
    Buffer<double> forms(outputs * (outputs + 1) / 2 * ld);
    for (Index b = 0; blocks.next(b) && !stop;) {
      const Index k0 = b * ld, rows = std::min(ld, x.rows - k0);
      const Index panels = (rows + width - 1) / width;
      auto columns = x.transposed();
      columns.data += k0 * columns.col_stride;
      columns.cols = rows;
      const Source<T> source{
          .x = columns, .row_shift = frame.col_shift, .row_scale = frame.col_scale};
      kernels().pack<T, P>()(source, 0, p, 0, panels, packed.data(), stride);
      for (std::size_t a = 0; a < inverses.size(); ++a) {
        forms.fill_zero();
        block_forms(inverses[a], packed.data(), panels, stride, panels * width, vx, forms.data());
        visit(static_cast<Index>(a), k0, rows, forms.data(), panels * width);
      }
      if (member.rank() == 0 && problem.monitor().should_stop()) stop = true;
    }
  });
  return !stop;
}

template bool row_forms<double>(const LogisticProblem<double>&, MatrixView<double>,
                                const std::vector<InverseFactor>&, const FormsVisit&);
template bool row_forms<double>(const LogisticProblem<float>&, MatrixView<float>,
                                const std::vector<InverseFactor>&, const FormsVisit&);
template bool row_forms<float>(const LogisticProblem<double>&, MatrixView<double>,
                               const std::vector<InverseFactor>&, const FormsVisit&);
template bool row_forms<float>(const LogisticProblem<float>&, MatrixView<float>,
                               const std::vector<InverseFactor>&, const FormsVisit&);

}  // namespace elltwo
