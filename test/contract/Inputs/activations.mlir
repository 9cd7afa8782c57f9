// The kernels of n2_activations.test and c12_activations.test, which replace LANES and
// LEVEL, and f32 by f64.
func.func @sigmoid_LEVEL(%x: memref<4096xf32>, %y: memref<4096xf32>) {
  %zero = arith.constant 0 : index
  %size = arith.constant 4096 : index
  %lanes = arith.constant LANES : index
  scf.for %i = %zero to %size step %lanes {
    %in = vector.load %x[%i] : memref<4096xf32>, vector<LANESxf32>
    %out = rnn.sigmoid %in : vector<LANESxf32>
    vector.store %out, %y[%i] : memref<4096xf32>, vector<LANESxf32>
  }
  return
}
func.func @tanh_LEVEL(%x: memref<4096xf32>, %y: memref<4096xf32>) {
  %zero = arith.constant 0 : index
  %size = arith.constant 4096 : index
  %lanes = arith.constant LANES : index
  scf.for %i = %zero to %size step %lanes {
    %in = vector.load %x[%i] : memref<4096xf32>, vector<LANESxf32>
    %out = rnn.tanh %in : vector<LANESxf32>
    vector.store %out, %y[%i] : memref<4096xf32>, vector<LANESxf32>
  }
  return
}
