# ===- jax_scan.py - JAX as a peer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""JAX: the projection of all time steps at once, then lax.scan; compiled by XLA."""

import os

# Read when XLA starts; the worker's CPU mask limits the rest.
if os.environ.get("OMP_NUM_THREADS") == "1":
    os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp
import numpy as np

from peers.engine import Engine


def scan_layer(x, h, w_ih, w_hh, b_ih, b_hh, is_reverse):
    """x [T, B, columns], h [B, H], w_ih [columns, 3H], w_hh [H, 3H] -> y [T, B, H], the last h."""
    def step(h, projected):
        i_r, i_z, i_n = jnp.split(projected, 3, axis=-1)
        h_r, h_z, h_n = jnp.split(h @ w_hh + b_hh, 3, axis=-1)
        z = jax.nn.sigmoid(i_z + h_z)
        n = jnp.tanh(i_n + jax.nn.sigmoid(i_r + h_r) * h_n)
        h = (1 - z) * n + z * h
        return h, h

    last, y = jax.lax.scan(step, h, x @ w_ih + b_ih, reverse=is_reverse)
    return y, last


class Jax(Engine):
    def __init__(self, network, threads, folder, target):
        super().__init__(network, threads, folder, target)
        # Turned once: XLA would turn arguments in every call.
        weights = [[[jnp.asarray(np.ascontiguousarray(tensor.T)) for tensor in network.layer(layer, direction)]
                    for direction in range(network.directions)] for layer in range(network.num_layers)]

        def gru(weights, x, states):
            lasts = []
            for layer, directions in enumerate(weights):
                results = [scan_layer(x, states[layer * len(directions) + d], *tensors, d == 1)
                           for d, tensors in enumerate(directions)]
                x = jnp.concatenate([y for y, _ in results], axis=-1)
                lasts += [last for _, last in results]
            return x, jnp.stack(lasts)

        self.shape = (network.num_layers * network.directions, network.batch, network.hidden_size)
        x = jnp.zeros((network.seq_len, network.batch, network.input_size), jnp.float32)
        with jax.default_matmul_precision("float32"):
            compiled = jax.jit(gru).lower(weights, x, jnp.zeros(self.shape, jnp.float32)).compile()
        self.compiled, self.weights = compiled, weights
        self.reset()

    @staticmethod
    def version():
        return jax.__version__

    def reset(self):
        self.h = jnp.zeros(self.shape, jnp.float32)

    def set_input(self, x):
        self.x = jnp.asarray(x)

    def call(self):
        self.y, last = self.compiled(self.weights, self.x, self.h)
        self.y.block_until_ready()
        self.h_n = last
        if self.network.is_step:
            self.h = last

    def output(self):
        return np.asarray(self.y)

    def last_state(self):
        return np.asarray(self.h_n)


ENGINE = Jax
