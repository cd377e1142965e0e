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

[[noreturn]] void refuse(const std::string& what) {
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
    refuse("indptr must have " + std::to_string(lines + 1) + " entries, got " +
           std::to_string(starts.size()));
  }
  if (starts[0] != 0) refuse("indptr must start at 0, got " + std::to_string(starts[0]));
  for (std::size_t l = 1; l < starts.size(); ++l) {
    if (starts[l] >= starts[l - 1]) continue;
    refuse("indptr must not decrease, got " + std::to_string(starts[l]) + " after " +
           std::to_string(starts[l - 1]) + " at position " + std::to_string(l));
  }
  const auto n_values = static_cast<Index>(x.values.size());
  if (static_cast<Index>(starts.back()) > std::min(n_values, n_indices)) {
    refuse("indptr ends at " + std::to_string(starts.back()) + ", but data and indices have " +
           std::to_string(n_values) + " and " + std::to_string(n_indices) + " entries");
  }
}

struct Findings {
  bool bad = false;
  Index not_ascending = 0;  // places that are not larger than the one before
};

template <Real T, class I>
Findings look_at(const T* value, const I* place, Index begin, Index end, Index n_places) {
  using Unsigned = std::make_unsigned_t<I>;
  constexpr Index largest = std::numeric_limits<I>::max();
  const Unsigned limit =
      n_places > largest ? static_cast<Unsigned>(largest) + 1 : static_cast<Unsigned>(n_places);
  Unsigned outside = 0;
  std::int64_t not_finite = 0;
  for (Index e = begin; e < end; ++e) {
    outside |= static_cast<Unsigned>(static_cast<Unsigned>(place[e]) >= limit);
    not_finite |= static_cast<std::int64_t>(!(std::abs(value[e]) <= std::numeric_limits<T>::max()));
  }
  Index not_ascending = 0;
  for (Index e = std::max<Index>(begin, 1); e < end; ++e)
    not_ascending += static_cast<Index>(place[e] <= place[e - 1]);
  return {outside != 0 || not_finite != 0, not_ascending};
}

// Finds the first offence that the quick look has told of.
template <Real T, class I, class S>
[[noreturn]] void name_offence(const SparseView<T>& x, std::span<const I> places,
                               std::span<const S> starts) {
  const Index lines = lines_of(x);
  for (Index l = 0; l < lines; ++l) {
    const auto first = static_cast<std::size_t>(starts[static_cast<std::size_t>(l)]);
    const auto last = static_cast<std::size_t>(starts[static_cast<std::size_t>(l) + 1]);
    for (std::size_t e = first; e < last; ++e) {
      const auto place = static_cast<Index>(places[e]);
      if (place < 0 || place >= places_of(x)) {
        refuse("indices must be in [0, " + std::to_string(places_of(x)) + "), got " +
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
  std::atomic<Index> not_ascending{0};
  run_over(nonzeros, threads_for(n_threads, 8.0 * static_cast<double>(nonzeros)),
           [&](Index begin, Index end) {
             const auto found = look_at(x.values.data(), places.data(), begin, end, places_of(x));
             if (found.bad) bad = true;
             not_ascending += found.not_ascending;
           });
  if (bad) name_offence(x, places, starts);
  Index between_lines = 0;
  for (std::size_t l = 1; l + 1 < starts.size(); ++l) {
    const auto e = static_cast<std::size_t>(starts[l]);
    if (e == 0 || starts[l] == starts[l + 1]) continue;
    between_lines += static_cast<Index>(places[e] <= places[e - 1]);
  }
  return not_ascending == between_lines;
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
