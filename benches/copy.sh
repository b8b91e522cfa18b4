#!/bin/sh
# The copy of rrm beside `cp -a` and `rm -rf` on the same tree, as ratios (below 1: rrm is faster).
#
#   benches/copy.sh [RRM] [FROM] [TO]
#
# FROM and TO are directories on two mounts, /dev/shm and /var/tmp unless said; TO holds the home trash. Each figure is the
# best of five, the disk flushed inside the time because rrm flushes before it removes anything.
set -eu

rrm=$(realpath "${1:-target/release/rrm}")
from=$(mktemp -d "${2:-/dev/shm}/rrm-bench-XXXXXX")
to=$(mktemp -d "${3:-/var/tmp}/rrm-bench-XXXXXX")
trap 'rm -rf "$from" "$to"' EXIT

large() { head -c 256M /dev/urandom >"$1"; }
sparse() { truncate -s 8G "$1" && head -c 4M /dev/urandom | dd of="$1" bs=1M seek=4000 conv=notrunc 2>/dev/null; }
many() { mkdir "$1" && (cd "$1" && seq 10000 | while read -r n; do echo "$n" >"$n"; done); }

milliseconds() {
    begun=$(date +%s%N)
    "$@" >/dev/null
    echo $((($(date +%s%N) - begun) / 1000000))
}
by_cp() { cp -a "$from/it" "$to/it" && sync -f "$to" && rm -rf "$from/it"; }
by_rrm() { HOME="$to/home" "$rrm" --trash-dir "$to/trash" rm --into-home --yes "$from/it"; }

best() {
    least=
    for _ in 1 2 3 4 5; do
        rm -rf "$to"/* "$from/it"
        "$1" "$from/it"
        sync -f "$to"
        took=$(milliseconds "$2")
        if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
    done
    echo "$least"
}

mkdir -p "$to"
for shape in large sparse many; do
    cp=$(best $shape by_cp) rrm_took=$(best $shape by_rrm)
    awk -v s=$shape -v c="$cp" -v r="$rrm_took" \
        'BEGIN { printf "%-7s cp -a and rm -rf %5d ms  rrm %5d ms  ratio %.2f\n", s, c, r, r / (c ? c : 1) }'
done
