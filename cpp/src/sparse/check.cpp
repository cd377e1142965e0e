#include "sparse/check.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

[[noreturn]] void refuse_matrix(const std::string& what) {
  throw std::invalid_argument("X is not a valid sparse matrix: " + what);
}

template <Real T>
Index lines_of(const SparseView<T>& x) {
  return x.by_rows ? x.rows : x.cols;
}

template <Real T>
Index places_of(const SparseView<T>& x) {
  return x.by_rows ? x.cols : x.rows;
}

template <Real T, class I>
void check_starts(const SparseView<T>& x, std::span<const I> starts, Index n_indices) {
  const Index lines = lines_of(x);
  if (static_cast<Index>(starts.size()) != lines + 1) {
    refuse_matrix("indptr must have " + std::to_string(lines + 1) + " entries, got " +
                  std::to_string(starts.size()));
  }
  if (starts[0] != 0) refuse_matrix("indptr must start at 0, got " + std::to_string(starts[0]));
  bool falls = false;
  for (std::size_t l = 1; l < starts.size(); ++l) falls |= starts[l] < starts[l - 1];
  for (std::size_t l = 1; falls && l < starts.size(); ++l) {
    if (starts[l] >= starts[l - 1]) continue;
    refuse_matrix("indptr must not decrease, got " + std::to_string(starts[l]) + " after " +
                  std::to_string(starts[l - 1]) + " at position " + std::to_string(l));
  }
  const auto n_values = static_cast<Index>(x.values.size());
  if (static_cast<Index>(starts.back()) > std::min(n_values, n_indices)) {
    refuse_matrix("indptr ends at " + std::to_string(starts.back()) +
                  ", but data and indices have " + std::to_string(n_values) + " and " +
                  std::to_string(n_indices) + " entries");
  }
}

// Entries that are tested together, so that they stay in the first cache.
constexpr Index chunk_entries = 4096;

// Whether n values are finite: 0 x is NaN where x is not. Eight independent sums become vectors.
template <Real T>
bool all_finite(const T* value, Index n) {
  T sums[8] = {};
  Index e = 0;
  for (; e + 8 <= n; e += 8) {
    for (Index l = 0; l < 8; ++l) sums[l] += value[e + l] * T{0};
  }
  for (; e < n; ++e) sums[0] += value[e] * T{0};
  return std::ranges::all_of(sums, [](T sum) { return sum == T{0}; });
}

/// Tests entries in their order.
template <Real T, class I, class S>
class EntryTest {
  using Unsigned = std::make_unsigned_t<I>;

 public:
  EntryTest(const SparseView<T>& x, std::span<const I> places, std::span<const S> starts,
            Index begin)
      : x_(x),
        places_(places.data()),
        last_place_(static_cast<Unsigned>(
            std::min<Index>(places_of(x) - 1, std::numeric_limits<I>::max()))),
        line_(std::lower_bound(starts.begin(), starts.end(), static_cast<S>(begin)) -
              starts.begin()),
        starts_(starts) {}

  /// Tests entries begin, ..., end - 1.
  void at(Index begin, Index end) {
    // An index below zero sets the sign bit of itself, one beyond the last that of the difference.
    Unsigned outside = 0;
    for (Index e = begin; e < end; ++e) {
      const auto place = static_cast<Unsigned>(places_[e]);
      outside |= place | (last_place_ - place);
    }
    bad = bad || static_cast<I>(outside) < 0 || !all_finite(x_.values.data() + begin, end - begin);
    std::int32_t falls = 0;
    for (Index e = std::max<Index>(begin, 1); e < end; ++e)
      falls += static_cast<std::int32_t>(places_[e] <= places_[e - 1]);
    tidy = tidy && falls == falls_between_lines(end);
  }

  bool bad = false;  ///< an index is out of range or a value not finite
  bool tidy = true;  ///< the indices of every line strictly ascend

 private:
  // The number of pairs of neighbours at the starts of lines before `end` whose indices do not
  // ascend, which is no defect.
  std::int32_t falls_between_lines(Index end) {
    std::int32_t falls = 0;
    for (; line_ + 1 < static_cast<Index>(starts_.size()); ++line_) {
      const auto e = static_cast<Index>(starts_[line_]);
      if (e >= end) break;
      const bool empty = starts_[line_ + 1] == e;
      if (e > 0 && !empty) falls += static_cast<std::int32_t>(places_[e] <= places_[e - 1]);
    }
    return falls;
  }

  const SparseView<T>& x_;
  const I* places_;
  Unsigned last_place_;
  Index line_;
  std::span<const S> starts_;
};

// Throws for the first defect of a matrix in which EntryTest has found one.
template <Real T, class I, class S>
[[noreturn]] void name_offence(const SparseView<T>& x, std::span<const I> places,
                               std::span<const S> starts) {
  const Index lines = lines_of(x);
  for (Index l = 0; l < lines; ++l) {
    const Index first = starts[l];
    const Index last = starts[l + 1];
    for (Index e = first; e < last; ++e) {
      const auto place = static_cast<Index>(places[e]);
      if (place < 0 || place >= places_of(x)) {
        refuse_matrix("indices must be in [0, " + std::to_string(places_of(x)) + "), got " +
                      std::to_string(place) + " at position " + std::to_string(e));
      }
      const auto value = static_cast<double>(x.values[e]);
      if (std::isfinite(value)) continue;
      throw_not_finite(value, x.by_rows ? l : place, x.by_rows ? place : l);
    }
  }
  throw std::logic_error("a sparse matrix was found wrong, but nothing is wrong with it");
}

template <Real T, class I, class S>
bool check_entries(const SparseView<T>& x, std::span<const I> places, std::span<const S> starts,
                   int n_threads) {
  const auto nonzeros = static_cast<Index>(starts.back());
  std::atomic<bool> bad{false};
  std::atomic<bool> tidy{true};
  run_over(nonzeros, threads_for(n_threads, 8.0 * static_cast<double>(nonzeros)),
           [&](Index begin, Index end) {
             EntryTest test(x, places, starts, begin);
             for (Index e = begin; e < end; e += chunk_entries)
               test.at(e, std::min(end, e + chunk_entries));
             if (test.bad) bad = true;
             if (!test.tidy) tidy = false;
           });
  if (bad) name_offence(x, places, starts);
  return tidy;
}

}  // namespace

void throw_not_finite(double value, Index row, Index column) {
  throw std::invalid_argument(std::string("X contains ") +
                              (std::isnan(value) ? "NaN" : "infinity") + " at row " +
                              std::to_string(row) + ", column " + std::to_string(column));
}

template <Real T>
bool check_sparse(const SparseView<T>& x, int n_threads) {
  if (x.cols > std::numeric_limits<std::int32_t>::max()) {
    throw std::invalid_argument("X must have fewer than 2^31 columns where it is sparse, got " +
                                std::to_string(x.cols));
  }
  return std::visit(
      [&](auto indices, auto starts) {
        check_starts(x, starts, static_cast<Index>(indices.size()));
        return check_entries(x, indices, starts, n_threads);
      },
      x.indices, x.starts);
}

template bool check_sparse<double>(const SparseView<double>&, int);
template bool check_sparse<float>(const SparseView<float>&, int);

}  // namespace elltwo
