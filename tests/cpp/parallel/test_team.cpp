#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "elltwo/threads.hpp"
#include "parallel/cores.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo::test {

TEST(team, every_rank_runs_once_on_a_thread_of_its_own) {
  for (const int size : {1, 2, 3, 8}) {
    const Case which(size, "threads");
    std::vector<std::thread::id> ran(size);
    std::atomic<int> calls{0};
    std::atomic<bool> sizes_agree{true};
    run_team(size, [&](TeamMember& member) {
      ++calls;
      if (member.size() != size) sizes_agree = false;
      ran[member.rank()] = std::this_thread::get_id();
    });
    CHECK_EQUAL(calls.load(), size);
    CHECK(sizes_agree);
    CHECK(ran[0] == std::this_thread::get_id());
    for (std::size_t a = 1; a < ran.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) CHECK(ran[a] != ran[b]);
    }
  }
}

TEST(team, no_thread_is_started_for_one_or_fewer) {
  for (const int size : {1, 0, -3}) {
    int calls = 0;
    const auto caller = std::this_thread::get_id();
    run_team(size, [&](TeamMember& member) {
      CHECK(std::this_thread::get_id() == caller);
      CHECK_EQUAL(member.rank(), 0);
      CHECK_EQUAL(member.size(), 1);
      member.barrier();
      ++calls;
    });
    CHECK_EQUAL(calls, 1);
  }
}

TEST(team, a_barrier_separates_rounds) {
  for (const auto& [size, rounds] : {std::pair{2, 10000}, {3, 1500}, {5, 1000}}) {
    const Case which(size, "threads");
    std::vector<int> slot(size,
                          -1);  // plain memory: the barrier orders it
    std::atomic<int> wrong{0};
    run_team(size, [&, n_rounds = rounds](TeamMember& member) {
      for (int round = 0; round < n_rounds; ++round) {
        slot[member.rank()] = round;
        member.barrier();
        for (const int seen : slot) wrong += seen != round;
        member.barrier();
      }
    });
    CHECK_EQUAL(wrong.load(), 0);
  }
}

TEST(team, a_barrier_waits_for_a_late_member) {
  std::atomic<bool> arrived{false};
  std::atomic<bool> too_early{false};
  run_team(3, [&](TeamMember& member) {
    if (member.rank() == 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      arrived = true;
    }
    member.barrier();
    if (!arrived) too_early = true;
  });
  CHECK(!too_early);
}

TEST(team, an_exception_is_rethrown_after_all_have_finished) {
  for (const int thrower : {0, 1, 2}) {
    std::atomic<int> finished{0};
    CHECK_THROWS(std::runtime_error, "from rank " + std::to_string(thrower),
                 run_team(3, [&](TeamMember& member) {
                   if (member.rank() == thrower) {
                     throw std::runtime_error("from rank " + std::to_string(thrower));
                   }
                   std::this_thread::sleep_for(std::chrono::milliseconds(5));
                   ++finished;
                 }));
    CHECK_EQUAL(finished.load(), 2);
  }
  CHECK_THROWS(std::logic_error, "alone",
               run_team(1, [](TeamMember&) { throw std::logic_error("alone"); }));
}

TEST(team, one_of_many_exceptions_is_rethrown) {
  CHECK_THROWS(std::runtime_error, "any",
               run_team(4, [](TeamMember&) { throw std::runtime_error("any"); }));
}

TEST(team, teams_within_teams) {
  std::atomic<int> calls{0};
  run_team(2, [&](TeamMember&) {
    run_team(2, [&](TeamMember& member) {
      member.barrier();
      ++calls;
    });
  });
  CHECK_EQUAL(calls.load(), 4);
}

TEST(team, tasks_are_handed_out_once_each) {
  constexpr Index n_tasks = 20000;
  std::vector<std::atomic<int>> taken(n_tasks);
  TaskCounter tasks(n_tasks);
  run_team(4, [&](TeamMember&) {
    for (Index task = 0; tasks.next(task);) ++taken[task];
  });
  Index wrong = 0;
  for (const auto& count : taken) wrong += count != 1;
  CHECK_EQUAL(wrong, 0);
  Index task = 0;
  CHECK(!tasks.next(task));
  CHECK(!TaskCounter(0).next(task));
}

TEST(team, threads_are_worth_starting_for_large_work_only) {
  CHECK(available_cores() >= 1);
  CHECK_EQUAL(threads_for(8, 1e5), 1);
  CHECK_EQUAL(threads_for(1, 1e12), 1);
  CHECK_EQUAL(threads_for(5, 1e12), 5);
  CHECK_EQUAL(threads_for(0, 1e15), num_threads());
  CHECK_EQUAL(threads_for(0, 0.0), 1);
  CHECK(threads_for(64, 2e7) < 64);
}

TEST(team, settings_and_limits_of_the_number_of_threads) {
  set_num_threads(6);
  CHECK_EQUAL(num_threads(), 6);
  CHECK_EQUAL(threads_for(0, 1e12), 6);
  set_thread_limit(2);
  CHECK_EQUAL(threads_for(0, 1e12), 2);
  CHECK_EQUAL(threads_for(5, 1e12), 5);
  set_thread_limit(6);  // as many as there are without one
  set_num_threads(8);
  CHECK_EQUAL(threads_for(0, 1e12), 8);
  {
    const CallInProgress one, two, three;
    CHECK_EQUAL(threads_for(0, 1e12), 2);
    CHECK_EQUAL(thread_share(), 2);
    CHECK_EQUAL(threads_for(5, 1e12), 5);
  }
  CHECK_EQUAL(threads_for(0, 1e12), 8);
  set_num_threads(0);
}

}  // namespace elltwo::test
