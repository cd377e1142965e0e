#include "solvers/network/rows.hpp"

#include <algorithm>

#include "parallel/sum_over.hpp"

namespace elltwo::network {
namespace {

template <Real S, Real T>
void pack_by_rows(MatrixView<S> from, T* to, Index ld) {
  for (Index i = 0; i < from.rows; ++i) {
    const S* row = from.data + i * from.row_stride;
    for (Index j = 0; j < from.cols; ++j) {
      to[i * ld + j] = static_cast<T>(row[j * from.col_stride]);
    }
    std::fill(to + i * ld + from.cols, to + (i + 1) * ld, T(0));
  }
}

}  // namespace

template <Real T>
template <Real S>
Rows<T>::Rows(const NetworkData<S>& data, Index ld_x)
    : n_(data.x.rows),
      n_numbers_(ld_x),
      ld_x_(ld_x),
      n_outputs_(data.y.cols),
      label_(data.label),
      weight_(data.sample_weight) {
  if constexpr (std::same_as<S, T>) {
    if (data.x.col_stride == 1 && data.x.cols == ld_x && data.x.row_stride >= data.x.cols) {
      x_ = data.x.data;
      ld_x_ = data.x.row_stride;
    }
  }
  if (x_ == nullptr) {
    packed_ = Buffer<T>(n_ * ld_x);
    pack_by_rows(data.x, packed_.data(), ld_x);
    x_ = packed_.data();
  }
  if (!data.y.empty()) {
    if (data.y.col_stride == 1 && data.y.row_stride == data.y.cols) {
      y_ = data.y.data;
    } else {
      packed_y_ = Buffer<double>(n_ * n_outputs_);
      pack_by_rows(data.y, packed_y_.data(), n_outputs_);
      y_ = packed_y_.data();
    }
  }
  total_weight_ =
      weight_.empty() ? static_cast<double>(n_) : sum_over(n_, [&](Index i) { return weight_[i]; });
}

template <Real T>
RowBlock<T> Rows<T>::block(Index begin, Index n) const {
  return {.n = n,
          .x = x_ + begin * ld_x_,
          .ld_x = ld_x_,
          .y = y_ == nullptr ? nullptr : y_ + begin * n_outputs_,
          .label = label_.empty() ? nullptr : label_.data() + begin,
          .weight = weight_.empty() ? nullptr : weight_.data() + begin};
}

template class Rows<float>;
template class Rows<double>;
template Rows<float>::Rows(const NetworkData<float>&, Index);
template Rows<float>::Rows(const NetworkData<double>&, Index);
template Rows<double>::Rows(const NetworkData<float>&, Index);
template Rows<double>::Rows(const NetworkData<double>&, Index);

}  // namespace elltwo::network
