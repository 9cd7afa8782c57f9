# The tests of the Python package where pip has installed grucc's wheel and nothing else of grucc is:
# tools/dev/wheel puts this file above them as lit.cfg.py, in a Debian without LLVM. What needs the
# checkout, or the stand-in of a GPU's driver, says so and is skipped by name.
import importlib.util
import os
import sys

import lit.formats

config.name = "grucc-installed"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(os.path.abspath(__file__))
config.test_exec_root = os.environ["GRUCC_TEST_OUTPUT"]

source = os.path.dirname(config.test_source_root)
package = os.path.dirname(importlib.util.find_spec("grucc").origin)
if os.path.exists(os.path.join(source, "python")) or not package.startswith(sys.prefix + os.sep):
    lit_config.fatal(f"grucc: found it at {package}, expected the wheel in {sys.prefix} alone")
# The programs and the runtime library have the places in the wheel that they have in a build.
config.substitutions += [("%python", sys.executable), ("%source", source), ("%build", package),
                         ("%site", os.path.dirname(package)),
                         (r"\bFileCheck\b", os.path.join(sys.prefix, "bin", "filecheck"))]

sys.path.insert(0, os.path.join(config.test_source_root, "contract", "Inputs"))
from levels import LEVELS, native_level  # noqa: E402
config.environment.update(GRUCC_NATIVE="", GRUCC_TARGET="native", HOME=os.environ["HOME"])
levels = LEVELS[:LEVELS.index(native_level(os.path.join(package, "bin", "grucc"), "")) + 1]
config.available_features.update(levels, ("wheel", "python-calls"))
