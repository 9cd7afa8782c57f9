# The tests mirror the source tree, path for path; contract/ holds one file per
# clause of the contract, docs/ runs every documented example.
import ctypes
import glob
import os
import shutil
import sys

import lit.formats

config.name = "grucc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".c"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.join(config.grucc_source_dir, "test")
config.test_exec_root = os.path.join(config.grucc_binary_dir, "test")

programs = os.path.join(config.grucc_binary_dir, "bin")
config.environment["PATH"] = os.pathsep.join(
    [programs, config.llvm_tools_dir, os.environ.get("PATH", "")])

# LLVM and lld are not instrumented: memory that only one side poisons or annotates,
# and what they leave to the system at exit, is no error of ours.
if config.grucc_sanitize:
    config.environment["ASAN_OPTIONS"] = os.environ.get(
        "ASAN_OPTIONS", "detect_leaks=0:detect_container_overflow=0:allow_user_poisoning=0")
    config.available_features.add("sanitized")

# The Python with NumPy, safetensors, torch, ... that tools/dev/setup makes.
python = os.environ.get("GRUCC_PYTHON", sys.executable)
shared = os.path.join(config.grucc_source_dir, os.pardir, "shared")
config.substitutions += [
    ("%python", python),
    ("%source", config.grucc_source_dir),
    ("%build", config.grucc_binary_dir),
    ("%shared", os.path.normpath(shared)),
]
# Not so where the package's tests run from an installed wheel: python/lit.installed.cfg.py.
config.available_features.update(("checkout", "standin"))
# NVIDIA's assembler and disassembler: of that Python's environment, of the path, or of a toolkit.
places = [*glob.glob(os.path.join(os.path.dirname(python), "..", "lib", "python3*", "site-packages",
                                  "nvidia", "cu*", "bin")),
          *config.environment["PATH"].split(os.pathsep), "/usr/local/cuda/bin",
          *sorted(glob.glob("/usr/local/cuda-*/bin"))]
for program in ("ptxas", "nvdisasm"):
    path = os.environ.get("GRUCC_" + program.upper()) or shutil.which(
        program, path=os.pathsep.join(places))
    if path:
        config.available_features.add(program)
        config.environment["GRUCC_" + program.upper()] = path
        config.substitutions.append(("%" + program, path))
if os.path.isdir(os.path.join(shared, "models")):
    config.available_features.add("shared-models")
# An engine of JavaScript and the compiler of TypeScript: Debian's nodejs and node-typescript.
config.available_features.update(program for program in ("node", "tsc") if shutil.which(program))
# Another C library, where Debian's musl-tools is installed.
if shutil.which("musl-gcc"):
    config.available_features.add("musl")
# A browser to look at reports in, where Debian's chromium is installed (tools/dev/setup does not).
if shutil.which("chromium"):
    config.available_features.add("chromium")
# With its header, for libraries that have stretches of a program counted.
if shutil.which("valgrind") and os.path.exists("/usr/include/valgrind/callgrind.h"):
    config.available_features.add("valgrind")
# Built where Python's headers are installed.
if os.path.exists(os.path.join(config.grucc_binary_dir, "lib", "_calls.abi3.so")):
    config.available_features.add("python-calls")
# Built where oneDNN is installed, as a peer to time grucc beside.
if os.path.exists(os.path.join(programs, "grucc-bench-onednn")):
    config.available_features.add("onednn")
# The fuzzers are built when they are asked for: the target grucc-fuzz.
if os.path.exists(os.path.join(programs, "grucc-fuzz-elf")):
    config.available_features.add("fuzzers")
# What runs here: the level that grucc takes --target=native for, and those below. GRUCC_NATIVE
# names another machine of grucc's table, to run the tests as if on it.
pretended = config.environment["GRUCC_NATIVE"] = os.environ.get("GRUCC_NATIVE", "")
# Most tests are of one target, which is quicker to compile; those of several name them.
config.environment["GRUCC_TARGET"] = "native"
sys.path.insert(0, os.path.join(config.test_source_root, "contract", "Inputs"))
from levels import LEVELS, native_level, runs_here  # noqa: E402
grucc = os.path.join(programs, "grucc")
if not runs_here(pretended, grucc):
    lit_config.fatal(f"GRUCC_NATIVE: found '{pretended}', expected a machine whose code this CPU runs")
native = native_level(grucc)
levels = LEVELS[:LEVELS.index(native) + 1]
config.available_features.update(levels)
config.substitutions += [("%native", native), ("%levels", " ".join(levels))]
# Two threads need two CPUs.
if len(os.sched_getaffinity(0)) > 1:
    config.available_features.add("two-cpus")


def has_gpu():
    """A driver that starts, and a device: kernels run on it, too."""
    try:
        driver, count = ctypes.CDLL("libcuda.so.1"), ctypes.c_int()
        return (driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and
                count.value > 0)
    except OSError:
        return False


if has_gpu():
    config.available_features.add("gpu")
# Set: tests draw all that they can draw, and those of the activations go through all 2^32 inputs.
config.environment["GRUCC_EXHAUSTIVE"] = os.environ.get("GRUCC_EXHAUSTIVE", "")
if config.environment["GRUCC_EXHAUSTIVE"]:
    config.available_features.add("exhaustive")
