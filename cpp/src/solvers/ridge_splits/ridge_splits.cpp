#include <algorithm>
#include <stdexcept>

#include "elltwo/cross_validation.hpp"
#include "elltwo/ridge_path.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"
#include "solvers/ridge/ridge.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_path/units.hpp"
#include "solvers/ridge_splits/fold_moments.hpp"
#include "solvers/ridge_splits/scores.hpp"

namespace elltwo {
namespace {

// Memory of the splits that are fitted together.
constexpr double most_split_bytes = 1e9;
// Targets whose errors a thread evaluates together.
constexpr Index split_block_targets = 256;

}  // namespace

template <Real T>
struct RidgeSplits<T>::State {
  RidgeData<T> given;
  std::optional<DataInUnits<T>> scaled;  // what is fitted, if not given
  Splits splits;
  RidgeOptions options;
  Monitor& monitor;
  double unit = 1.0;  // an alpha for the data, whose alpha is not used
  bool shared;        // whether splits share the Gram matrices of the folds
  std::optional<FoldMoments<T>> folds;

  State(const RidgeData<T>& given_data, const Splits& given_splits,
        const RidgeOptions& given_options, Monitor& given_monitor)
      : given(given_data), splits(given_splits), options(given_options), monitor(given_monitor) {
    given.alpha = {&unit, 1};
    validate(given, options);
    validate_splits(splits, given.x.rows);
    const double columns = static_cast<double>(given.x.cols + given.y.cols + 1);
    // With fewer rows than features each split is fitted by its dual, without Gram matrices of
    // features. All rows count here: those that a split does not train on have weight zero in its
    // dual.
    shared = given.x.rows >= given.x.cols &&
             8.0 * columns * columns * splits.n_groups <= most_fold_gram_bytes;
  }

  const RidgeData<T>& data() const { return scaled ? scaled->data() : given; }

  // Calls a function, a second time with the data in other units if their own are out of range.
  template <class Call>
  void in_some_units(const Call& call) {
    try {
      call();
    } catch (const OutOfRange&) {
      if (scaled) throw;
      folds.reset();
      scaled.emplace(given, nullptr, options, monitor);
      call();
    }
  }

  // Memory that a split takes; infinite where splits are to be fitted one by one.
  double split_bytes() const {
    const double n = static_cast<double>(given.x.rows), p = static_cast<double>(given.x.cols);
    const double t = static_cast<double>(given.y.cols), columns = p + t + 1.0;
    if (folds.has_value()) return 8.0 * (columns * columns + 4.0 * p * p + 5.0 * n);
    return n < p ? 8.0 * (3.0 * n * n + n * p + 10.0 * n * t) : infinity;
  }

  void form_folds() {
    if (!shared || folds.has_value()) return;
    FoldMoments<T> formed(data(), splits.group, splits.n_groups, options);
    formed.compute(monitor);
    const Problem<T> problem(data(), options, monitor);
    if (!formed.in_range() || problem.weight_scale() != 1.0) {
      throw_if_not_finite(given, monitor);
      throw OutOfRange();
    }
    folds.emplace(std::move(formed));
  }

  // The moments of folds, each `times` over; none if digits would be lost.
  std::optional<ScaledMoments> moments(std::span<const double> times, bool with_targets) const {
    auto sum = with_targets ? folds->sum(times) : folds->feature_sum(times);
    if (options.fit_intercept && far_from_mean(sum)) return std::nullopt;
    return folds->finish(std::move(sum));
  }

  std::optional<ScaledMoments> all_moments() const {
    if (!folds.has_value()) return std::nullopt;
    const std::vector<double> once(splits.n_groups, 1.0);
    return moments(once, true);
  }

  std::span<const double> of_split(std::span<const double> table, Index s) const {
    return table.subspan(s * splits.n_groups, splits.n_groups);
  }

  void score_alone(SplitScores<T>& split, Index s, double* sse) const;
  void score_batch(Index first, Index count, std::span<const double> alphas, double* sse);
};

template <Real T>
void RidgeSplits<T>::State::score_alone(SplitScores<T>& split, Index s, double* sse) const {
  try {
    if (!folds.has_value()) return split.score_rows(sse);
    if (!split.has_plain_weights()) return split.score_by_refit(sse);
    auto train = moments(of_split(splits.train, s), true);
    if (!train) return split.score_rows(sse);
    split.score(std::move(*train), moments(of_split(splits.test, s), false), sse);
  } catch (const OutOfRange&) {
    if (!scaled) throw;  // and try again in other units, which need not suit every split
    split.score_by_refit(sse);
  }
}

// First decomposes every split, then evaluates the errors of all targets of all splits, so that a
// few splits keep many threads busy.
template <Real T>
void RidgeSplits<T>::State::score_batch(Index first, Index count, std::span<const double> alphas,
                                        double* sse) {
  const double m = static_cast<double>(std::min(given.x.rows, given.x.cols));
  const Index n_targets = given.y.cols, block = static_cast<Index>(alphas.size()) * n_targets;
  const double fits = static_cast<double>(block);
  const double work = static_cast<double>(count) * (5.0 * m * m * m + m * m * fits);
  const int team = threads_for(options.n_threads, work);
  auto own = options;
  const bool side_by_side = folds.has_value() || count > 1;
  if (side_by_side) own.n_threads = std::max<int>(1, team / static_cast<int>(count));
  Relay relay(monitor);
  std::vector<std::optional<SplitScores<T>>> parts(count);
  TaskCounter tasks(count);
  run_team(side_by_side ? team : 1, [&](TeamMember&) {
    for (Index k = 0; tasks.next(k);) {
      relay.check();
      auto& part = parts[k];
      part.emplace(data(), alphas, SplitSets(splits, first + k, data().sample_weight), own,
                   relay.monitor());
      score_alone(*part, first + k, sse + k * block);
      if (!part->has_forms()) part.reset();
      monitor.finish();
    }
  });
  const Index per_split = (n_targets + split_block_targets - 1) / split_block_targets;
  TaskCounter blocks(count * per_split);
  run_team(team, [&](TeamMember&) {
    auto task_monitor = relay.monitor();
    FormsSpace space;
    for (Index task = 0; blocks.next(task);) {
      relay.check();
      const Index k = task / per_split, t = task % per_split * split_block_targets;
      const auto& part = parts[k];
      if (!part.has_value()) continue;
      part->errors_of(t, std::min(split_block_targets, n_targets - t), task_monitor, space,
                      sse + k * block);
    }
  });
}

template <Real T>
RidgeSplits<T>::RidgeSplits(const RidgeData<T>& data, const Splits& splits,
                            const RidgeOptions& options, Monitor& monitor)
    : state_(std::make_unique<State>(data, splits, options, monitor)) {}

template <Real T>
RidgeSplits<T>::~RidgeSplits() = default;

template <Real T>
std::vector<double> RidgeSplits<T>::eigenvalues(bool& done) {
  auto& s = *state_;
  std::vector<double> values;
  bool known = false;
  const auto from_folds = [&] {
    s.form_folds();
    auto moments = s.all_moments();
    known = moments.has_value();
    if (!known) return;
    const Problem<T> problem(s.data(), s.options, s.monitor);
    PrimalPath<T> path(problem, std::move(*moments));
    path.decompose(0.0);
    values = path.eigenvalues();
    if (s.scaled) s.scaled->units().restore_eigenvalues(values);
  };
  done = completed([&] { s.in_some_units(from_folds); });
  if (!done || known) return values;
  RidgePath<T> path(s.given, s.options, s.monitor);
  done = path.decompose(0.0);
  values.assign(path.eigenvalues().begin(), path.eigenvalues().end());
  return values;
}

template <Real T>
bool RidgeSplits<T>::score(std::span<const double> alphas, std::span<double> sse,
                           std::span<double> weight) {
  auto& s = *state_;
  auto checked = s.given;
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    checked.alpha = alphas.subspan(a, 1);
    validate(checked, s.options, "alphas");
  }
  for (Index k = 0; k < s.splits.size(); ++k) {
    weight[k] = SplitSets(s.splits, k, s.given.sample_weight).test_total;
  }
  const auto score_all = [&] {
    s.form_folds();
    const std::vector<double> in_units =
        s.scaled ? s.scaled->alphas(alphas) : std::vector<double>();
    const auto own = s.scaled ? std::span<const double>(in_units) : alphas;
    const Index batch = std::max<Index>(1, static_cast<Index>(most_split_bytes / s.split_bytes()));
    const Index block = static_cast<Index>(alphas.size()) * s.given.y.cols;
    s.monitor.plan(s.splits.size());
    for (Index k = 0; k < s.splits.size(); k += batch) {
      const Index count = std::min(batch, s.splits.size() - k);
      s.score_batch(k, count, own, sse.data() + k * block);
    }
    if (s.scaled) s.scaled->units().restore_squared_errors(sse);
  };
  return completed([&] { s.in_some_units(score_all); });
}

template <Real T>
SolveInfo RidgeSplits<T>::fit(std::span<const double> alpha, std::span<double> coef,
                              std::span<double> intercept) {
  auto& s = *state_;
  auto data = s.given;
  data.alpha = alpha;
  std::optional<ScaledMoments> moments;
  if (!s.scaled) moments = s.all_moments();
  const KnownProducts<T> known{.moments = moments ? &*moments : nullptr, .dual = nullptr};
  return info_of(
      [&] { return ridge_from_products(data, known, s.options, s.monitor, coef, intercept); });
}

template class RidgeSplits<double>;
template class RidgeSplits<float>;

}  // namespace elltwo
