#include "elltwo/grouping.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

namespace elltwo {
namespace {

// A hash of a key's 8-byte words, multiplied in one after the other. The high bits, which depend on
// all words, are mixed into the low ones at the end.
std::uint64_t hash_of(const std::byte* key, Index size) {
  std::uint64_t h = 0x9e3779b97f4a7c15u;
  for (Index at = 0; at < size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, key + at, std::min<Index>(8, size - at));
    h = (h ^ word) * 0xff51afd7ed558ccdu;
    h ^= h >> 32;
  }
  h *= 0xc4ceb9fe1a85ec53u;
  return h ^ (h >> 29);
}

/// The distinct keys in order of their first appearance: a hash table with open addressing, at most
/// half full.
class KeyTable {
 public:
  KeyTable(const std::byte* keys, Index size) : keys_(keys), size_(size), slots_(64, -1) {}

  /// The number of the key of a row, which is a new one if the key has not appeared before.
  Index number(Index row) {
    const std::uint64_t hash = hash_of(key(row), size_);
    std::size_t at = hash & mask();
    for (; slots_[at] >= 0; at = (at + 1) & mask()) {
      const Index n = slots_[at];
      if (hashes_[n] == hash && std::memcmp(key(first_[n]), key(row), size_) == 0) {
        return slots_[at];
      }
    }
    const auto fresh = static_cast<Index>(first_.size());
    slots_[at] = fresh;
    first_.push_back(row);
    hashes_.push_back(hash);
    if (2 * first_.size() > slots_.size()) grow();
    return fresh;
  }

  /// The first row of every number, moved out.
  std::vector<Index> take_first() { return std::move(first_); }

 private:
  const std::byte* key(Index row) const { return keys_ + row * size_; }
  std::size_t mask() const { return slots_.size() - 1; }

  void grow() {
    slots_.assign(4 * slots_.size(), -1);
    for (std::size_t n = 0; n < hashes_.size(); ++n) {
      std::size_t at = hashes_[n] & mask();
      while (slots_[at] >= 0) at = (at + 1) & mask();
      slots_[at] = static_cast<Index>(n);
    }
  }

  const std::byte* keys_;
  Index size_;
  std::vector<Index> slots_;           // numbers of keys, -1 where free; a power of two of slots
  std::vector<Index> first_;           // first row of each number
  std::vector<std::uint64_t> hashes_;  // of each number's key
};

}  // namespace

void order_by_code(std::span<const Index> codes, Index n_codes, std::span<Index> order,
                   std::span<Index> starts) {
  std::ranges::fill(starts, 0);
  for (const Index code : codes) {
    if (code < 0 || code >= n_codes) {
      throw std::invalid_argument("codes must be in [0, " + std::to_string(n_codes) + "), got " +
                                  std::to_string(code));
    }
    ++starts[code + 1];
  }
  for (std::size_t c = 1; c < starts.size(); ++c) starts[c] += starts[c - 1];
  std::vector<Index> next(starts.begin(), starts.end() - 1);
  for (std::size_t row = 0; row < codes.size(); ++row) {
    const Index place = next[codes[row]]++;
    order[place] = static_cast<Index>(row);
  }
}

std::vector<Index> number_keys(std::span<const std::byte> keys, Index size,
                               std::span<Index> numbers) {
  KeyTable table(keys.data(), size);
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    numbers[row] = table.number(static_cast<Index>(row));
  }
  return table.take_first();
}

}  // namespace elltwo
