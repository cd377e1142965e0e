#pragma once

/// The threads of calls that leave their number open (n_threads = 0). Every function here may be
/// called from any thread.
namespace elltwo {

/// The number of threads that calls share which leave it open: that of set_num_threads(), or else
/// of
/// the environment variable ELLTWO_NUM_THREADS, or else the first number of OMP_NUM_THREADS, or
/// else
/// the cores that the process may use by its affinity mask and its control groups' quotas; and
/// at most thread_limit(). The environment is read once. Throws std::invalid_argument where
/// ELLTWO_NUM_THREADS is not a whole number of at least 1; an OMP_NUM_THREADS that does not begin
/// with one is ignored.
int num_threads();

/// Sets the number for this process; 0 leaves it to the environment again.
void set_num_threads(int n);

/// Whether set_num_threads() or the environment gives the number.
bool num_threads_is_set();

/// A limit on num_threads(), 0 for none, by which whoever bounds the threads of all libraries of a
/// process does so for a while. To set as many as there would be without a limit sets none.
int thread_limit();
void set_thread_limit(int n);

/// The number of threads for a call that would begin now, beside those in progress.
int thread_share();

/// Lives during a call. Calls of one process that run at the same time share its threads: each uses
/// num_threads() divided by their number, and at least one.
class CallInProgress {
 public:
  CallInProgress();
  ~CallInProgress();
  CallInProgress(const CallInProgress&) = delete;
  CallInProgress& operator=(const CallInProgress&) = delete;
};

}  // namespace elltwo
