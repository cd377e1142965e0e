#include <algorithm>
#include <stdexcept>
#include <string>

#include "elltwo/sparse_ridge.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "sparse/pass.hpp"

namespace elltwo {

template <Real T>
bool sparse_predict(const SparseView<T>& x, std::span<const double> coef,
                    std::span<const double> intercept, int n_threads, Monitor& monitor,
                    std::span<double> out) {
  const auto k = static_cast<Index>(intercept.size());
  if (static_cast<Index>(coef.size()) != k * x.cols) {
    throw std::invalid_argument("X has " + std::to_string(x.cols) + " columns, but coef has " +
                                std::to_string(coef.size()) + " values for " + std::to_string(k) +
                                " target(s)");
  }
  const auto rows = checked_rows(x, n_threads);
  Buffer<double> v(x.cols * k);
  for (Index j = 0; j < x.cols; ++j) {
    for (Index t = 0; t < k; ++t) v[j * k + t] = coef[t * x.cols + j];
  }
  constexpr Index piece = 4096;
  TaskCounter pieces((x.rows + piece - 1) / piece);
  Relay relay(monitor);
  const double work = 2.0 * static_cast<double>(rows.nonzeros()) * k;
  const auto predict_pieces = [&](TeamMember&) {
    for (Index c = 0; pieces.next(c);) {
      const Index begin = c * piece;
      const Index end = std::min(x.rows, begin + piece);
      multiply_rows(rows, begin, end, k, v.data(), out.data() + begin * k);
      for (Index i = begin; i < end; ++i) {
        for (Index t = 0; t < k; ++t) out[i * k + t] += intercept[t];
      }
      relay.check();
    }
  };
  return completed([&] { run_team(threads_for(n_threads, work), predict_pieces); });
}

template bool sparse_predict<double>(const SparseView<double>&, std::span<const double>,
                                     std::span<const double>, int, Monitor&, std::span<double>);
template bool sparse_predict<float>(const SparseView<float>&, std::span<const double>,
                                    std::span<const double>, int, Monitor&, std::span<double>);

}  // namespace elltwo
