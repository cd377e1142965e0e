#include "solvers/logistic_alo/quadratic_forms.hpp"

#include <algorithm>

#include "kernels/table.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic_alo/contrasts.hpp"

namespace elltwo {
namespace {

/// Panels of rows of X in a block: a whole number of tiles with every instruction set.
constexpr Index block_panels = 12;

/// A block of rows of X, in panels: feature j of the rows in a panel side by side.
template <Real P>
struct PackedRows {
  const P* data;
  Index panels;
  Index stride;  ///< from one panel to the next
  Index ld;      ///< rows, with padding
};

/// V in panels of its rows, each output's columns in the order of X's features.
template <Real P>
class PackedInverse {
 public:
  PackedInverse(const InverseFactor& factor, Index n_features);

  /// forms[pair of outputs k, l] += (V x_k) . (V x_l) for each row of X. vx is room for outputs x
  /// width x ld numbers.
  void add_forms(const PackedRows<P>& x, Buffer<double>& vx, double* forms) const;

 private:
  Index last_row(Index panel) const { return std::min(m_, (panel + 1) * width_) - 1; }
  Index rows_of(Index panel) const { return last_row(panel) + 1 - panel * width_; }
  /// V is lower triangular: only so many outputs, the first ones, have columns in a panel's rows.
  Index outputs_of(Index panel) const {
    return std::min(n_outputs_, (last_row(panel) / per_output_) + 1);
  }
  const P* block(Index output, Index panel) const {
    return values_.data() + (output * panels_ + panel) * n_features_ * width_;
  }
  void multiply(Index panel, Index output, const PackedRows<P>& x, double* out) const;

  Index n_features_;
  Index n_outputs_;
  Index per_output_;
  Index m_;
  Index width_;
  Index panels_;
  Buffer<P> values_;
  Buffer<double> of_ones_;    ///< the intercepts' columns of V, outputs x m
  std::vector<Index> depth_;  ///< features up to the last that has a column, outputs x panels
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

// out = V x for a panel's rows of V, the columns of one output and all rows of X: rows_of(panel) x
// ld.
template <Real P>
void PackedInverse<P>::multiply(Index panel, Index output, const PackedRows<P>& x,
                                double* out) const {
  const Index rows = rows_of(panel);
  for (Index r = 0; r < rows; ++r) {
    std::fill_n(out + r * x.ld, x.ld, of_ones_[output * m_ + panel * width_ + r]);
  }
  const Index depth = depth_[output * panels_ + panel];
  Ahead nothing;
  if (depth > 0) {
    kernels().tiles<P>()(depth, block(output, panel), rows, x.data, x.panels, x.stride, out, x.ld,
                         nothing);
  }
}

template <Real P>
void PackedInverse<P>::add_forms(const PackedRows<P>& x, Buffer<double>& vx, double* forms) const {
  for (Index panel = 0; panel < panels_; ++panel) {
    const Index rows = rows_of(panel), outputs = outputs_of(panel);
    const Index size = rows * x.ld;
    for (Index o = 0; o < outputs; ++o) multiply(panel, o, x, vx.data() + o * size);
    Index pair = 0;
    for (Index k = 0; k < outputs; ++k) {
      for (Index l = k; l < n_outputs_; ++l, ++pair) {
        if (l >= outputs) continue;
        kernels().column_dots(rows, vx.data() + k * size, vx.data() + l * size, x.ld,
                              forms + pair * x.ld);
      }
    }
  }
}

}  // namespace

template <Real P, Real T>
void quadratic_forms(const LogisticProblem<T>& problem, MatrixView<T> x,
                     const std::vector<InverseFactor>& factors, const FormsVisit& visit) {
  const Index p = x.cols, classes = problem.n_outputs(), width = kernels().width<P>();
  const ClassContrasts contrasts(std::max<Index>(2, classes));
  const Index outputs = contrasts.size();
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
  Relay relay(problem.monitor());
  const int team = threads_for(problem.options().n_threads, work);
  run_team(static_cast<int>(std::min<Index>(team, n_blocks)), [&](TeamMember&) {
    Buffer<P> packed(block_panels * stride);
    Buffer<double> vx(outputs * width * ld);
    Buffer<double> forms(outputs * (outputs + 1) / 2 * ld);
    Buffer<double> of_classes(classes > 1 ? classes * (classes + 1) / 2 * ld : 0);
    Buffer<double> work(classes > 1 ? classes * outputs * ld : 0);
    for (Index b = 0; blocks.next(b);) {
      const Index k0 = b * ld, rows = std::min(ld, x.rows - k0);
      const Index panels = (rows + width - 1) / width;
      auto columns = x.transposed();
      columns.data += k0 * columns.col_stride;
      columns.cols = rows;
      const Source<T> source{
          .x = columns, .row_shift = frame.col_shift, .row_scale = frame.col_scale};
      kernels().pack<T, P>()(source, 0, p, 0, panels, packed.data(), stride);
      const PackedRows<P> packed_rows{packed.data(), panels, stride, panels * width};
      for (std::size_t a = 0; a < inverses.size(); ++a) {
        forms.fill_zero();
        inverses[a].add_forms(packed_rows, vx, forms.data());
        const double* wanted = forms.data();
        if (classes > 1) {
          contrasts.expand(wanted, packed_rows.ld, work.data(), of_classes.data());
          wanted = of_classes.data();
        }
        visit(static_cast<Index>(a), k0, rows, wanted, packed_rows.ld);
      }
      relay.check();
    }
  });
}

template void quadratic_forms<double>(const LogisticProblem<double>&, MatrixView<double>,
                                      const std::vector<InverseFactor>&, const FormsVisit&);
template void quadratic_forms<double>(const LogisticProblem<float>&, MatrixView<float>,
                                      const std::vector<InverseFactor>&, const FormsVisit&);
template void quadratic_forms<float>(const LogisticProblem<double>&, MatrixView<double>,
                                     const std::vector<InverseFactor>&, const FormsVisit&);
template void quadratic_forms<float>(const LogisticProblem<float>&, MatrixView<float>,
                                     const std::vector<InverseFactor>&, const FormsVisit&);

}  // namespace elltwo
