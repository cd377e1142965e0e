#include "solvers/network/batches.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "solvers/network/counter_random.hpp"

namespace elltwo::network {

GatheredRows::GatheredRows(const Rows<float>& rows, Index most_rows)
    : rows_(rows), all_(rows.block(0, rows.n())), x_(most_rows * all_.ld_x) {
  if (all_.y != nullptr) y_ = Buffer<double>(most_rows * rows.n_outputs());
  if (all_.weight != nullptr) weight_ = Buffer<double>(most_rows);
  if (all_.label != nullptr) label_.resize(most_rows);
}

RowBlock<float> GatheredRows::gather(const Index* row, Index n) {
  const Index m = rows_.n_outputs();
  RowBlock<float> block{.n = n, .x = x_.data(), .ld_x = all_.ld_x};
  for (Index i = 0; i < n; ++i) {
    std::copy_n(all_.x + row[i] * all_.ld_x, rows_.n_numbers(), x_.data() + i * all_.ld_x);
    if (all_.y != nullptr) std::copy_n(all_.y + row[i] * m, m, y_.data() + i * m);
    if (all_.weight != nullptr) weight_[i] = all_.weight[row[i]];
    if (all_.label != nullptr) label_[i] = all_.label[row[i]];
  }
  if (all_.y != nullptr) block.y = y_.data();
  if (all_.weight != nullptr) block.weight = weight_.data();
  if (all_.label != nullptr) block.label = label_.data();
  return block;
}

void shuffle(std::uint64_t seed, int epoch, std::vector<Index>& order) {
  constexpr std::uint64_t epochs = 1 << 16;  // streams before these are those of the layers' starts
  const CounterRandom random(seed, epochs + static_cast<std::uint64_t>(epoch));
  std::iota(order.begin(), order.end(), Index{0});
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[random.below(i, i)]);
  }
}

}  // namespace elltwo::network
