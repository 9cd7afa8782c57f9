func.func private @fma.float32()
func.func @scalar(%a: f32) -> f32 attributes {rnn.machine = #rnn.machine<name = "m", target = "cortex-m3", fma_per_cycle = 1, loads_per_cycle = 1, mhz = 72, l1_bytes = 65536, l2_bytes = 1048576, l3_bytes = 1048576, l2_bandwidth = 4, l3_bandwidth = 4>} {
  %d = math.fma %a, %a, %a : f32
  return %d : f32
}
