#include "solvers/split_rows.hpp"

#include <algorithm>
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

Index fewest_training_rows(const Splits& splits) {
  std::vector<Index> size(static_cast<std::size_t>(splits.n_groups), 0);
  for (const auto g : splits.group) ++size[static_cast<std::size_t>(g)];
  Index fewest = static_cast<Index>(splits.group.size());
  for (Index s = 0; s < splits.size(); ++s) {
    Index rows = 0;
    for (Index g = 0; g < splits.n_groups; ++g) {
      const auto cell = static_cast<std::size_t>(s * splits.n_groups + g);
      if (splits.train[cell] > 0.0) rows += size[static_cast<std::size_t>(g)];
    }
    fewest = std::min(fewest, rows);
  }
  return fewest;
}

void SplitRows::choose(Index s) {
  const auto n = splits_.group.size();
  train_weight_.resize(n);
  test_rows_.clear();
  test_weight_.clear();
  double train = 0.0;
  test_total_ = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto cell = static_cast<std::size_t>(s * splits_.n_groups + splits_.group[i]);
    const double w = sample_weight_.empty() ? 1.0 : sample_weight_[i];
    train_weight_[i] = w * splits_.train[cell];
    train += train_weight_[i];
    if (!(splits_.test[cell] > 0.0)) continue;
    test_rows_.push_back(static_cast<Index>(i));
    test_weight_.push_back(w * splits_.test[cell]);
    test_total_ += test_weight_.back();
  }
  const char* empty = !(train > 0.0) ? "training" : !(test_total_ > 0.0) ? "test" : nullptr;
  if (empty != nullptr) {
    throw std::invalid_argument(std::string("sample_weight must not be all zero on a ") + empty +
                                " set, got zeros for every row of that of split " +
                                std::to_string(s));
  }
}

Index SplitRows::n_trained() const {
  return std::count_if(train_weight_.begin(), train_weight_.end(),
                       [](double w) { return w > 0.0; });
}

}  // namespace elltwo
