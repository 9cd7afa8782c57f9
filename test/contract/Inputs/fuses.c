/* Exports whether the engine fuses relaxed multiply-adds: 2^-24 where it does, else 0. */
typedef float f32x4 __attribute__((vector_size(16)));
typedef double f64x2 __attribute__((vector_size(16)));

float float32(float a, float b) {
  f32x4 x = {a, a, a, a}, y = {b, b, b, b};
  return __builtin_wasm_relaxed_madd_f32x4(x, x, -y)[0];
}
double float64(double a, double b) {
  f64x2 x = {a, a}, y = {b, b};
  return __builtin_wasm_relaxed_madd_f64x2(x, x, -y)[0];
}
