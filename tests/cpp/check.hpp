#pragma once

#include <cmath>
#include <sstream>
#include <string>
#include <type_traits>

namespace elltwo::test {

/// Registers a test of a component; `elltwo_tests component` runs all tests of it.
struct Registration {
  Registration(const char* component, const char* name, void (*run)());
};

/// Counts a failed check and prints it; the test goes on.
void fail(const char* file, int line, const std::string& what);

/// Names the current case in failure messages, for as long as the object lives.
class Case {
 public:
  template <class... Parts>
  explicit Case(const Parts&... parts) {
    std::ostringstream text;
    ((text << parts << ' '), ...);
    push(text.str());
  }
  ~Case();
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

 private:
  static void push(std::string text);
};

template <class T>
std::string show(const T& value) {
  std::ostringstream text;
  text.precision(17);
  if constexpr (std::is_enum_v<T>) text << static_cast<int>(value);
  else text << value;
  return text.str();
}

template <class A, class B>
void check_equal(const char* file, int line, const char* what, const A& got, const B& wanted) {
  if (got == wanted) return;
  fail(file, line, std::string(what) + " is " + show(got) + ", wanted " + show(wanted));
}

/// |got - wanted| <= tolerance; fails for NaN.
inline void check_close(const char* file, int line, const char* what, long double got,
                        long double wanted, long double tolerance) {
  if (std::abs(got - wanted) <= tolerance) return;
  fail(file, line,
       std::string(what) + " is " + show(got) + ", wanted " + show(wanted) + " within " +
           show(tolerance) + ", off by " + show(got - wanted));
}

/// Fails unless run() throws an Exception whose message contains `part`.
template <class Exception, class Run>
void check_throws(const char* file, int line, const std::string& part, Run run) {
  try {
    run();
  } catch (const Exception& error) {
    const std::string message = error.what();
    if (message.find(part) == std::string::npos) {
      fail(file, line, "message \"" + message + "\" lacks \"" + part + "\"");
    }
    return;
  }
  fail(file, line, "nothing thrown, wanted a message with \"" + part + "\"");
}

}  // namespace elltwo::test

#define CHECK(condition) \
  ((condition) ? void() : ::elltwo::test::fail(__FILE__, __LINE__, "failed: " #condition))
#define CHECK_EQUAL(got, wanted) \
  ::elltwo::test::check_equal(__FILE__, __LINE__, #got, (got), (wanted))
#define CHECK_CLOSE(got, wanted, tolerance) \
  ::elltwo::test::check_close(__FILE__, __LINE__, #got, (got), (wanted), (tolerance))
#define CHECK_THROWS(Exception, part, ...) \
  ::elltwo::test::check_throws<Exception>(__FILE__, __LINE__, (part), [&] { __VA_ARGS__; })

#define TEST(component, name)                                                                      \
  static void component##_##name();                                                                \
  static const ::elltwo::test::Registration component##_##name##_registration(#component, #name,   \
                                                                              component##_##name); \
  static void component##_##name()
