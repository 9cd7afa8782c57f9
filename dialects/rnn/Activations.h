//===- Activations.h - The exact steps of activations ---------------*- C++ -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The steps stand here once: those of sigmoid and tanh, and those that other
// activations are made of, for any type F that stands for float32, or for
// float64: Reference runs them on numbers, `rnn-expand-activations` on values of
// the IR. So all targets with fused multiply-add agree to the
// bit (clause N4); within 2 ulp of the function is clause N2 for every float32,
// C12 for float64. test/contract/n2_* goes through all of the first, c12_*
// through samples of the second.
//
// F has + - * / and unary -, a < b and a == b for select(), and
//   x.like(c)                   the constant c, as wide as x
//   multiplyAdd(a, b, c)        a b + c, rounded once (or twice: see Scalar)
//   select(condition, a, b)     condition ? a : b
//   magnitude(x), withSign(y, x)  |x|; y >= 0 with the sign of x
//   power(t)                    2^(b - bias), b the low bits of t's pattern,
//                               bias that of the exponent: 127 or 1023
//
// An exponent is split: y = n ln2 + r, exp(y) = 2^n exp(r). Adding a large
// "magic" number rounds to the integer n, and leaves n plus the exponent's bias
// in the low bits, so that 2^n is one shift away.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_ACTIVATIONS_H
#define GRUCC_DIALECTS_RNN_ACTIVATIONS_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace grucc::activations {

// Coefficients and parts of ln2: tools/dev/fit-activations.

/// exp(r) - 1 = r + r^2 (e0 + e1 r + ... + e4 r^4), |r| <= ln2 / 2; off by 2^-27 exp(r).
inline constexpr float kExpm1[5] = {0x1.fffffcp-2f, 0x1.55549p-3f, 0x1.5558f8p-5f, 0x1.123b02p-7f,
                                    0x1.6a2256p-10f};
/// r coth(r) = 1 + r^2 (c0 + c1 r^2), |r| <= ln2 / 4; off by 2^-28.
inline constexpr float kCoth[2] = {0x1.55551ep-2f, -0x1.6aa3b8p-6f};

/// atanh(v) / v = 1 + u (a0 + a1 u + ... + a5 u^5), u = v^2, |v| <= 1/3; off by 2^-29.
inline constexpr float kAtanh[6] = {0x1.555556p-2f, 0x1.9999bep-3f, 0x1.248a54p-3f,
                                    0x1.c8bca6p-4f, 0x1.5f2948p-4f, 0x1.be6aap-4f};

/// An integer that is added takes all bits but the last from a float32.
inline constexpr float kMagic = 0x1.8p+23f;
inline constexpr float kLog2E = 0x1.715476p+0f;
/// ln2 in two parts; the first has 16 bits, so that n times it is exact even without fma.
inline constexpr float kLn2High = 0x1.62e4p-1f;
inline constexpr float kLn2Low = 0x1.7f7d1cp-20f;
/// Ends in three zero bits: exact times n where tanh still feels it.
inline constexpr float kHalfLn2 = 0x1.62e43p-2f;

/// Outside, sigmoid is exactly 0 or 1, and tanh exactly -1 or 1.
inline constexpr float kSigmoidLow = -104.0f;
inline constexpr float kSigmoidHigh = 18.0f;
inline constexpr float kTanhHigh = 10.0f;

/// Where numbers beyond the limits are seen to, with the same bits: before the steps, by two
/// operations that these wait for, or after them, by comparisons that nothing waits for.
enum class Limits { First, Last };

/// sigmoid by `steps`, which are right from `low` to `high`. In this form, NaN stays.
template <typename F, typename T, typename Steps>
F limitSigmoid(F x, T low, T high, Limits limits, Steps steps) {
  if (limits == Limits::Last) {
    auto isBelow = x < x.like(low), isAbove = x.like(high) < x;
    F y = steps(x);
    y = select(isBelow, x.like(0), y);
    return select(isAbove, x.like(1), y);
  }
  F limited = select(x.like(high) < x, x.like(high), x);
  limited = select(limited < x.like(low), x.like(low), limited);
  return steps(limited);
}

/// The same for tanh, whose steps take |x| up to `high`.
template <typename F, typename T, typename Steps>
F limitTanh(F x, T high, Limits limits, Steps steps) {
  F a = magnitude(x);
  if (limits == Limits::Last) {
    auto isAbove = x.like(high) < a;
    F y = steps(a);
    return withSign(select(isAbove, x.like(1), y), x);
  }
  a = select(x.like(high) < a, x.like(high), a);
  return withSign(steps(a), x);
}

/// 1 / (1 + E), E = exp(-x) = 2^n (1 + w); both sides of the fraction are taken
/// times 2^-24, so that E can be as large as 1 / (the smallest subnormal).
template <typename F> F sigmoidWithin(F x) {
  auto constant = [&](float value) { return x.like(value); };
  F magic = constant(kMagic + 127 - 24);
  F t = multiplyAdd(x, constant(-kLog2E), magic);
  F n = t - magic;
  F r = multiplyAdd(n, constant(-kLn2High), -x);
  r = multiplyAdd(n, constant(-kLn2Low), r);

  // Two halves of the polynomial at a time: w is four operations after r.
  F r2 = r * r;
  F e01 = multiplyAdd(constant(kExpm1[1]), r, constant(kExpm1[0]));
  F e23 = multiplyAdd(constant(kExpm1[3]), r, constant(kExpm1[2]));
  F low = multiplyAdd(r2, e01, r);
  F high = multiplyAdd(constant(kExpm1[4]), r2, e23);
  F w = multiplyAdd(r2 * r2, high, low);

  F s = power(t);
  F scale = constant(0x1p-24f);
  F below = multiplyAdd(w, s, s + scale);
  // At n = 24 alone, s + scale is a tie and loses a whole ulp; above makes up for it.
  F above = select(n == constant(24.0f), constant(0x1.fffffep-25f), scale);
  return above / below;
}

template <typename F> F sigmoidSteps(F x, Limits limits = Limits::First) {
  return limitSigmoid(x, kSigmoidLow, kSigmoidHigh, limits, sigmoidWithin<F>);
}

/// With E = exp(-2|x|) = s (c + r) / (c - r), s = 2^n, c = r coth(r), g = 1 - s:
///
///   (1 - E) / (1 + E) = (g c - (1 + s) r) / ((1 + s) c - g r)
///
/// and, so that the quotient's error counts little, less base = g^2, which is
/// near: 0 where s = 1, then 0.25, 0.5625, ... to 1.
template <typename F> F tanhWithin(F a) {
  auto constant = [&](float value) { return a.like(value); };
  F magic = constant(kMagic + 127);
  F t = multiplyAdd(a, constant(-2 * kLog2E), magic);
  F n = t - magic;
  F r = multiplyAdd(n, constant(-kHalfLn2), -a);

  F r2 = r * r;
  F e = r2 * multiplyAdd(r2, constant(kCoth[1]), constant(kCoth[0])); // c = 1 + e

  F s = power(t);
  F g = constant(1.0f) - s;
  F d = constant(1.0f) + s;
  F base = g * g;
  F atC = multiplyAdd(-base, d, g); // above = atC c - atR r
  F atR = multiplyAdd(-base, g, d);
  F above = multiplyAdd(atC, e, multiplyAdd(-atR, r, atC));
  F below = multiplyAdd(d, e, multiplyAdd(-g, r, d));
  return base + above / below;
}

template <typename F> F tanhSteps(F x, Limits limits = Limits::First) {
  return limitTanh(x, kTanhHigh, limits, tanhWithin<F>);
}

// In float64 no one can go through all inputs. So these steps keep more distance
// from 2 ulp: what is rounded is small beside what it is added to.

/// As above with e0 to e9; off by 2^-56 exp(r).
inline constexpr double kExpm1Float64[10] = {
    0x1.000000000000ap-1,  0x1.55555555554f8p-3,  0x1.5555555550754p-5,  0x1.1111111128176p-7,
    0x1.6c16c1846fd6cp-10, 0x1.a01a0128fd1a4p-13, 0x1.a0199944336ecp-16, 0x1.71df271ff99fbp-19,
    0x1.28ae348805389p-22, 0x1.ad7e8a2156f05p-26};
/// As above with c0 to c4; off by 2^-59.
inline constexpr double kCothFloat64[5] = {0x1.555555555553ep-2, -0x1.6c16c16beb465p-6,
                                           0x1.1566aaf04eaeep-9, -0x1.bbd41694d6294p-13,
                                           0x1.6373d29c11b9dp-16};
/// As above with a0 to a12; off by 2^-58.
inline constexpr double kAtanhFloat64[13] = {
    0x1.5555555555555p-2, 0x1.9999999999998p-3, 0x1.2492492492608p-3, 0x1.c71c71c705d0fp-4,
    0x1.745d174c483fep-4, 0x1.3b13b00bcf30ap-4, 0x1.11113686277cp-4,  0x1.e1db799841d8fp-5,
    0x1.af8a91ec0dd25p-5, 0x1.8202d98a4c17ap-5, 0x1.81a2a6bc1dd91p-5, 0x1.80ab25d92ee78p-6,
    0x1.4300fa8ecc91dp-4};
inline constexpr double kMagicFloat64 = 0x1.8p+52;
inline constexpr double kLog2EFloat64 = 0x1.71547652b82fep+0;
/// The first part has 42 bits, n at most 11: again exact without fma.
inline constexpr double kLn2HighFloat64 = 0x1.62e42fefa38p-1;
inline constexpr double kLn2LowFloat64 = 0x1.ef35793c7673p-45;
inline constexpr double kSigmoidLowFloat64 = -746.0;
inline constexpr double kSigmoidHighFloat64 = 38.0;
inline constexpr double kTanhHighFloat64 = 20.0;

/// As sigmoidSteps, with 2^-53 for 2^-24. Where its rounding would count, r is
/// taken in two parts, exact + rest.
template <typename F> F sigmoidFloat64Within(F x) {
  auto constant = [&](double value) { return x.like(value); };
  F magic = constant(kMagicFloat64 + 1023 - 53);
  F t = multiplyAdd(x, constant(-kLog2EFloat64), magic);
  F n = t - magic;
  F exact = multiplyAdd(n, constant(-kLn2HighFloat64), -x);
  F rest = n * constant(-kLn2LowFloat64);
  F r = exact + rest;

  F r2 = r * r;
  F r4 = r2 * r2;
  auto pair = [&](int i) {
    return multiplyAdd(constant(kExpm1Float64[i + 1]), r, constant(kExpm1Float64[i]));
  };
  F e03 = multiplyAdd(r2, pair(2), pair(0));
  F e47 = multiplyAdd(r2, pair(6), pair(4));
  F e09 = multiplyAdd(r4, multiplyAdd(r4, pair(8), e47), e03);
  F w = exact + multiplyAdd(r2, e09, rest);

  F s = power(t);
  F scale = constant(0x1p-53);
  F sum = s + scale;
  F lost = scale - (sum - s); // 0, or what rounding took where |n| > 52
  F below = sum + multiplyAdd(w, s, lost);
  return scale / below;
}

template <typename F> F sigmoidFloat64Steps(F x, Limits limits = Limits::First) {
  return limitSigmoid(x, kSigmoidLowFloat64, kSigmoidHighFloat64, limits, sigmoidFloat64Within<F>);
}

/// As tanhSteps; above and below end with their large terms.
template <typename F> F tanhFloat64Within(F a) {
  auto constant = [&](double value) { return a.like(value); };
  F magic = constant(kMagicFloat64 + 1023);
  F t = multiplyAdd(a, constant(-2 * kLog2EFloat64), magic);
  F n = t - magic;
  F exact = multiplyAdd(n, constant(-kLn2HighFloat64 / 2), -a);
  F rest = n * constant(-kLn2LowFloat64 / 2);
  F r = exact + rest;

  F r2 = r * r;
  F c01 = multiplyAdd(r2, constant(kCothFloat64[1]), constant(kCothFloat64[0]));
  F c23 = multiplyAdd(r2, constant(kCothFloat64[3]), constant(kCothFloat64[2]));
  F r4 = r2 * r2;
  F c24 = multiplyAdd(r4, constant(kCothFloat64[4]), c23);
  F e = r2 * multiplyAdd(r4, c24, c01); // c = 1 + e

  F s = power(t);
  F g = constant(1.0) - s;
  F d = constant(1.0) + s;
  F base = g * g;
  F atC = multiplyAdd(-base, s, g - base); // above = atC c - atR r
  F atR = multiplyAdd(-base, g, d);
  F above = multiplyAdd(atC, e, multiplyAdd(-atR, rest, atC));
  above = multiplyAdd(-atR, exact, above);
  F below = d + multiplyAdd(d, e, -(g * r));
  return base + above / below;
}

template <typename F> F tanhFloat64Steps(F x, Limits limits = Limits::First) {
  return limitTanh(x, kTanhHighFloat64, limits, tanhFloat64Within<F>);
}

// The exponential of what is at most 0, for elu and softplus: exp(x) = s (1 + w), s = 2^n.
// Below `low` the steps would leave the normal numbers.
inline constexpr float kExpLow = -87.0f;
inline constexpr double kExpLowFloat64 = -708.0;

template <typename F> struct SplitExp {
  F s, w;
};

template <typename F> SplitExp<F> splitExp(F x) {
  auto constant = [&](float value) { return x.like(value); };
  F magic = constant(kMagic + 127);
  F t = multiplyAdd(x, constant(kLog2E), magic);
  F n = t - magic;
  F r = multiplyAdd(n, constant(-kLn2High), x);
  r = multiplyAdd(n, constant(-kLn2Low), r);
  F e = constant(kExpm1[4]);
  for (int i = 3; i >= 0; --i)
    e = multiplyAdd(e, r, constant(kExpm1[i]));
  return {power(t), multiplyAdd(r * r, e, r)};
}

template <typename F> SplitExp<F> splitExpFloat64(F x) {
  auto constant = [&](double value) { return x.like(value); };
  F magic = constant(kMagicFloat64 + 1023);
  F t = multiplyAdd(x, constant(kLog2EFloat64), magic);
  F n = t - magic;
  F exact = multiplyAdd(n, constant(-kLn2HighFloat64), x);
  F rest = n * constant(-kLn2LowFloat64);
  F r = exact + rest;
  F e = constant(kExpm1Float64[9]);
  for (int i = 8; i >= 0; --i)
    e = multiplyAdd(e, r, constant(kExpm1Float64[i]));
  return {power(t), exact + multiplyAdd(r * r, e, rest)};
}

/// exp(x) - 1 = (s - 1) + s w for x <= 0; what is above counts as 0. NaN stays.
template <typename F, typename T, typename Split> F expm1By(F x, T low, Split split) {
  F limited = select(x.like(0) < x, x.like(0), x);
  limited = select(limited < x.like(low), x.like(low), limited);
  SplitExp<F> e = split(limited);
  return multiplyAdd(e.s, e.w, e.s - x.like(1));
}
template <typename F> F expm1Steps(F x) { return expm1By(x, kExpLow, splitExp<F>); }
template <typename F> F expm1Float64Steps(F x) {
  return expm1By(x, kExpLowFloat64, splitExpFloat64<F>);
}

/// log(1 + exp(x)) = max(x, 0) + 2 atanh(v), v = E / (2 + E), E = exp(-|x|); 0 where E would be
/// less than a normal number. NaN stays.
template <typename F, typename T, typename Split, size_t N>
F softplusBy(F x, T low, Split split, const T (&atanh)[N]) {
  F a = -magnitude(x);
  SplitExp<F> e = split(select(a < x.like(low), x.like(low), a));
  F E = multiplyAdd(e.s, e.w, e.s);
  E = select(a < x.like(low), x.like(0), E);
  F v = E / (E + x.like(2));
  F u = v * v;
  F sum = x.like(atanh[N - 1]);
  for (size_t i = N - 1; i-- > 0;)
    sum = multiplyAdd(sum, u, x.like(atanh[i]));
  F twice = v + v;
  F log = multiplyAdd(twice * u, sum, twice);
  return select(x.like(0) < x, x, x.like(0)) + log;
}
template <typename F> F softplusSteps(F x) { return softplusBy(x, kExpLow, splitExp<F>, kAtanh); }
template <typename F> F softplusFloat64Steps(F x) {
  return softplusBy(x, kExpLowFloat64, splitExpFloat64<F>, kAtanhFloat64);
}

template <typename T, bool Fma = true> T sigmoid(T x);
template <typename T, bool Fma = true> T tanh(T x);
template <typename T, bool Fma = true> T expm1(T x);
template <typename T, bool Fma = true> T softplus(T x);

/// One float32, float64 or long double; a multiply-add is rounded once if Fma, else twice, as
/// targets without the instruction do it (x86-64-v2).
template <typename T, bool Fma> struct Scalar {
  using Pattern = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  static constexpr int kMantissaBits = sizeof(T) == 4 ? 23 : 52;
  static constexpr Pattern kSign = Pattern(1) << (8 * sizeof(Pattern) - 1);
  T value;

  Scalar like(T constant) const { return {constant}; }
  Pattern bits() const {
    Pattern pattern;
    std::memcpy(&pattern, &value, sizeof pattern);
    return pattern;
  }
  static Scalar of(Pattern pattern) {
    Scalar x;
    std::memcpy(&x.value, &pattern, sizeof pattern);
    return x;
  }

  friend Scalar operator+(Scalar a, Scalar b) { return {a.value + b.value}; }
  friend Scalar operator-(Scalar a, Scalar b) { return {a.value - b.value}; }
  friend Scalar operator*(Scalar a, Scalar b) { return {a.value * b.value}; }
  friend Scalar operator/(Scalar a, Scalar b) { return {a.value / b.value}; }
  friend Scalar operator-(Scalar a) { return {-a.value}; }
  friend bool operator<(Scalar a, Scalar b) { return a.value < b.value; }
  friend bool operator==(Scalar a, Scalar b) { return a.value == b.value; }
  friend Scalar select(bool condition, Scalar a, Scalar b) { return condition ? a : b; }
  friend Scalar multiplyAdd(Scalar a, Scalar b, Scalar c) {
    if constexpr (Fma)
      return {std::fma(a.value, b.value, c.value)};
    Scalar product = a * b;
    return product + c;
  }
  friend Scalar magnitude(Scalar x) {
    if constexpr (sizeof(T) > sizeof(Pattern))
      return {std::fabs(x.value)};
    else
      return of(x.bits() & ~kSign);
  }
  friend Scalar withSign(Scalar y, Scalar x) { return of(y.bits() | (x.bits() & kSign)); }
  friend Scalar power(Scalar t) { return of(t.bits() << kMantissaBits); }
  friend Scalar sigmoid(Scalar x) { return {activations::sigmoid<T, Fma>(x.value)}; }
  friend Scalar tanh(Scalar x) { return {activations::tanh<T, Fma>(x.value)}; }
  friend Scalar expm1(Scalar x) { return {activations::expm1<T, Fma>(x.value)}; }
  friend Scalar softplus(Scalar x) { return {activations::softplus<T, Fma>(x.value)}; }
};

/// float and double: the steps above. long double: the library's functions, as
/// the judge of both.
template <typename T, bool Fma> T sigmoid(T x) {
  if constexpr (std::is_same_v<T, float>) {
    return sigmoidSteps(Scalar<float, Fma>{x}).value;
  } else if constexpr (std::is_same_v<T, double>) {
    return sigmoidFloat64Steps(Scalar<double, Fma>{x}).value;
  } else {
    static_assert(std::is_same_v<T, long double>);
    T e = std::exp(-std::fabs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }
}

template <typename T, bool Fma> T tanh(T x) {
  if constexpr (std::is_same_v<T, float>) {
    return tanhSteps(Scalar<float, Fma>{x}).value;
  } else if constexpr (std::is_same_v<T, double>) {
    return tanhFloat64Steps(Scalar<double, Fma>{x}).value;
  } else {
    static_assert(std::is_same_v<T, long double>);
    return std::tanh(x);
  }
}

/// exp(x) - 1 where x <= 0, 0 above.
template <typename T, bool Fma> T expm1(T x) {
  if constexpr (std::is_same_v<T, float>) {
    return expm1Steps(Scalar<float, Fma>{x}).value;
  } else if constexpr (std::is_same_v<T, double>) {
    return expm1Float64Steps(Scalar<double, Fma>{x}).value;
  } else {
    static_assert(std::is_same_v<T, long double>);
    return x > 0 ? 0 : std::expm1(x);
  }
}

/// log(1 + exp(x)).
template <typename T, bool Fma> T softplus(T x) {
  if constexpr (std::is_same_v<T, float>) {
    return softplusSteps(Scalar<float, Fma>{x}).value;
  } else if constexpr (std::is_same_v<T, double>) {
    return softplusFloat64Steps(Scalar<double, Fma>{x}).value;
  } else {
    static_assert(std::is_same_v<T, long double>);
    return (x > 0 ? x : 0) + std::log1p(std::exp(-std::fabs(x)));
  }
}

} // namespace grucc::activations

#endif // GRUCC_DIALECTS_RNN_ACTIVATIONS_H
