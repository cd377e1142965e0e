#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "elltwo/batch_choice.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/ridge/problem.hpp"
#include "solvers/ridge_batch/choice_scores.hpp"
#include "solvers/ridge_batch/choice_small.hpp"
#include "solvers/ridge_batch/problem.hpp"
#include "solvers/ridge_batch/team.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

// Problems in a chunk, unless a 64th of all problems is fewer.
constexpr Index most_problems_together = 8;
// The score of an alpha that is not tried.
constexpr double not_tried = infinity;

/// The alphas that have been tried for a problem, and their scores.
struct Tried {
  std::vector<double> alphas;
  AlphaScores scores;

  double chosen(bool one_standard_error) const {
    return chosen_alpha(alphas, scores.score, scores.standard_error, one_standard_error);
  }

  void add(double alpha, const AlphaScores& of_it) {
    alphas.push_back(alpha);
    scores.score.push_back(of_it.score[0]);
    if (!of_it.standard_error.empty()) {
      scores.standard_error.push_back(of_it.standard_error[0]);
    }
  }
};

/// Chooses alphas on one thread.
template <Real T>
class ChoiceWorker {
 public:
  ChoiceWorker(const BatchData<T>& data, const Choice& choice, const RidgeOptions& options,
               const ChoiceResults& results, int n_threads)
      : data_(data),
        choice_(choice),
        options_(options),
        results_(results),
        problem_(data),
        small_(choice, options) {
    options_.n_threads = n_threads;
  }

  /// Chooses the alphas of problems begin, ..., end - 1. Throws Interrupted.
  void run(Index begin, Index end, Monitor& monitor) {
    for (Index k = begin; k < end; ++k) {
      try {
        choose(k, monitor);
      } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(naming_problem(data_, k, error.what()));
      }
    }
  }

 private:
  void choose(Index k, Monitor& monitor) {
    const bool own = choice_.alphas.empty();
    const double smallest =
        own ? 0.0 : *std::min_element(choice_.alphas.begin(), choice_.alphas.end());
    const auto& problem = problem_.take(k);
    const auto by = [&](auto& scores) {
      return own ? from_own_grid(k, scores) : from_shared_grid(k, scores);
    };
    if constexpr (std::same_as<T, double>) {
      if (small_.take(problem, smallest) && by(small_)) return;
    }
    ChoiceScores<T> scores(problem, choice_, options_, smallest, monitor);
    by(scores);
  }

  std::span<double> row(std::span<double> table, Index k, std::size_t size) const {
    return table.empty() ? table : table.subspan(k * size, size);
  }

  // Scores all alphas and writes them and the choice. False where `scores` cannot score the
  // problem.
  template <class Scores>
  bool from_shared_grid(Index k, Scores& scores) {
    AlphaScores found;
    if (!scores.score(choice_.alphas, found)) return false;
    const auto size = choice_.alphas.size();
    std::ranges::copy(found.score, row(results_.score, k, size).begin());
    std::ranges::copy(found.standard_error, row(results_.standard_error, k, size).begin());
    results_.alpha[k] =
        chosen_alpha(choice_.alphas, found.score, found.standard_error, choice_.one_standard_error);
    return true;
  }

  // The same for the problem's own grid. Its ends are tried where the smallest or the largest of
  // the inner alphas is the best or the chosen one.
  template <class Scores>
  bool from_own_grid(Index k, Scores& scores) {
    constexpr std::size_t size = own_grid_size;
    const auto grid = row(results_.grid, k, size);
    const auto inner = grid.subspan(1, size - 2);
    grid.front() = 0.0;
    grid.back() = infinity;
    Tried tried;
    if (!scores.own_grid(inner) || !scores.score(inner, tried.scores)) return false;
    tried.alphas.assign(inner.begin(), inner.end());
    const auto score = row(results_.score, k, size);
    const auto error = row(results_.standard_error, k, size);
    std::ranges::copy(tried.scores.score, score.begin() + 1);
    if (!error.empty()) std::ranges::copy(tried.scores.standard_error, error.begin() + 1);
    for (const std::size_t end : {std::size_t{0}, size - 1}) {
      score[end] = not_tried;
      if (!error.empty()) error[end] = not_tried;
    }
    const auto wanted = [&](std::size_t end) {
      const double edge = end == 0 ? inner.front() : inner.back();
      return std::ranges::find(tried.alphas, grid[end]) == tried.alphas.end() &&
             (tried.chosen(false) == edge || tried.chosen(choice_.one_standard_error) == edge);
    };
    for (bool more = true; more;) {
      const bool low = wanted(0), high = wanted(size - 1);
      more = low || high;
      for (const std::size_t end : {std::size_t{0}, size - 1}) {
        if (!(end == 0 ? low : high)) continue;
        AlphaScores of_end;
        if (!scores.score(grid.subspan(end, 1), of_end)) return false;
        tried.add(grid[end], of_end);
        score[end] = of_end.score[0];
        if (!error.empty()) error[end] = of_end.standard_error[0];
      }
    }
    results_.alpha[k] = tried.chosen(choice_.one_standard_error);
    return true;
  }

  const BatchData<T>& data_;
  const Choice& choice_;
  RidgeOptions options_;
  const ChoiceResults& results_;
  BatchProblem<T> problem_;
  SmallChoice small_;
};

// Operations of all problems together, about.
template <Real T>
double work_of(const BatchData<T>& data, const Choice& choice) {
  const auto m = static_cast<double>(data.n_problems);
  const double rows = data.starts.empty() ? m * static_cast<double>(data.x.rows)
                                          : static_cast<double>(data.starts.back());
  const double p = static_cast<double>(data.x.cols);
  const double alphas =
      choice.alphas.empty() ? own_grid_size : static_cast<double>(choice.alphas.size());
  return rows * p * (p + alphas) + m * p * p * (p + alphas);
}

void validate_choice(const Choice& choice) {
  for (const double alpha : choice.alphas) {
    if (!(alpha >= 0.0)) {
      throw std::invalid_argument("alphas must be in [0, inf], got " + show(alpha));
    }
  }
  if (choice.by == ChoiceBy::folds && choice.n_folds < 2) {
    throw std::invalid_argument("n_folds must be at least 2, got " +
                                std::to_string(choice.n_folds));
  }
}

}  // namespace

template <Real T>
Status choose_alphas(const BatchData<T>& data, const Choice& choice, const RidgeOptions& options,
                     Monitor& monitor, const ChoiceResults& results) {
  auto checked = data;
  const double any_alpha = 1.0;
  checked.alpha = {&any_alpha, 1};
  validate_batch(checked, options);
  validate_choice(choice);
  const int n_threads = threads_for(options.n_threads, work_of(checked, choice));
  const Index n = checked.n_problems;
  const auto of_each = static_cast<int>(n_threads / std::clamp<Index>(n, 1, n_threads));
  const Index chunk = std::clamp<Index>(n / 64, 1, most_problems_together);
  const auto choose_all = [&] {
    run_batch(n, chunk, n_threads, monitor, [&] {
      return [&, worker = ChoiceWorker<T>(checked, choice, options, results, of_each)](
                 Index begin, Index end, Monitor& own) mutable { worker.run(begin, end, own); };
    });
  };
  return completed(choose_all) ? Status::converged : Status::interrupted;
}

template Status choose_alphas<double>(const BatchData<double>&, const Choice&, const RidgeOptions&,
                                      Monitor&, const ChoiceResults&);
template Status choose_alphas<float>(const BatchData<float>&, const Choice&, const RidgeOptions&,
                                     Monitor&, const ChoiceResults&);

}  // namespace elltwo
