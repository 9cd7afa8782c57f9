"""How long a trained network takes to compile."""
import json
import os
import sys
import time

from artifact_kit import grucc, here

seconds = []
for _ in range(3):
    began = time.monotonic()
    report = grucc(sys.argv[1], "-o", "encoder.o", "--header=encoder.h", "--target=x86-64-v3", "--report=json")
    seconds.append(time.monotonic() - began)
assert os.path.getsize(here("encoder.o")) > json.loads(report)["weights_bytes"] and os.path.getsize(here("encoder.h"))
print(f"encoder.o with encoder.h: {min(seconds):.2f} s, {json.loads(report)['code_bytes']} bytes of code")
