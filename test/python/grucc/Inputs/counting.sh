#!/bin/sh
# A compiler that counts its runs: $REAL, with an o in $COUNT for every compilation (counting.py).
[ "$1" = --version ] || printf o >> "$COUNT"
exec "$REAL" "$@"
