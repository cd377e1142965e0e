#include "solvers/ridge_splits/sets.hpp"

#include <stdexcept>
#include <string>

namespace elltwo {

void validate_splits(const Splits& splits, Index n) {
  if (static_cast<Index>(splits.group.size()) != n || splits.n_groups < 1 || splits.size() < 1 ||
      splits.train.size() != splits.test.size()) {
    throw std::invalid_argument("splits must name a group for each of the " + std::to_string(n) +
                                " rows of X, and training and test sets of these groups");
  }
  for (const auto g : splits.group) {
    if (g < 0 || g >= splits.n_groups) {
      throw std::invalid_argument("group must be in [0, " + std::to_string(splits.n_groups) +
                                  "), got " + std::to_string(g));
    }
  }
}

SplitSets::SplitSets(const Splits& splits, Index split, std::span<const double> sample_weight) {
  const auto n = splits.group.size();
  train_weight.resize(n);
  double train = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const Index cell = split * splits.n_groups + splits.group[i];
    const double w = sample_weight.empty() ? 1.0 : sample_weight[i];
    train_weight[i] = w * splits.train[cell];
    train += train_weight[i];
    if (!(splits.test[cell] > 0.0)) continue;
    test_rows.push_back(static_cast<Index>(i));
    test_weight.push_back(w * splits.test[cell]);
    test_total += test_weight.back();
  }
  const char* empty = !(train > 0.0) ? "training" : !(test_total > 0.0) ? "test" : nullptr;
  if (empty != nullptr) {
    throw std::invalid_argument(std::string("sample_weight must not be all zero on a ") + empty +
                                " set, got zeros for every row of that of split " +
                                std::to_string(split));
  }
}

}  // namespace elltwo
