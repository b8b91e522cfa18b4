#!/usr/bin/env bash
# Deletion for good beside `rm -rf` on the same trees, as ratios of the time (below 1: faster than rm), and what two
# workers would change. As root.
#
#   benches/purge.sh [ROUNDS] [KIND...]
#
# KIND is ext4, xfs, btrfs or tmpfs; all of them unless said. Images and mounts are made in /var/tmp, or where TMPDIR says,
# in a mount namespace of this script's own. Ways take turns within each round; a figure is the median of all rounds.
#
# SHAPES and CACHES in the environment choose among these:
#
# shape   flat    200 000 files in one directory
#         wide    20 000 directories of 10 files
#         halves  two directories of 100 000 files
# way     rm        rm -rf
#         clean     rrm clean, the tree having been removed before
#         one       its engine alone, by one worker
#         two       by two workers
#         apart     the two halves at once, by one worker each
# cache   warm, right after the trees were made; cold, after the file system was mounted anew
# Left the time that passed, right the time on the processors, both by that of rm.
set -euo pipefail

if [ -z "${RRM_BENCH_NAMESPACE:-}" ]; then
  RRM_BENCH_NAMESPACE=1 exec unshare --mount --propagation private bash "$0" "$@"
fi

cd "$(dirname "$0")/.."
cargo build --quiet --release
rrm=$PWD/target/$(rustc --print host-tuple)/release/rrm
engine=$(cargo bench --bench purge --no-run 2>&1 | sed -n 's/.*(\(target[^)]*\)).*/\1/p')
engine=$PWD/$engine

rounds=${1:-5}
shift || true
if [ $# -eq 0 ]; then set -- ext4 xfs btrfs tmpfs; fi

scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/rrm-bench-XXXXXX")
at=$scratch/at
mkdir "$at"
trap 'umount -l "$at" 2>/dev/null || true; rm -rf --one-file-system "$scratch"' EXIT

# So that whatever else runs on the machine disturbs less, where that is allowed.
first=()
if chrt -f 50 true 2>/dev/null; then first=(chrt -f 50); fi

mount_it() {
  case $1 in
    tmpfs) mount -t tmpfs -o size=6g tmpfs "$at" ;;
    *) mount -o loop "$scratch/$1.img" "$at" ;;
  esac
}

format() {
  if [ "$1" = tmpfs ]; then return; fi
  truncate -s 4G "$scratch/$1.img"
  case $1 in
    ext4) mkfs.ext4 -q -N 600000 "$scratch/$1.img" ;;
    *) "mkfs.$1" -q "$scratch/$1.img" ;;
  esac
}

# The tree as each way wants to find it.
prepare() {
  "$engine" make "$2" "$at/trees"
  if [ "$3" = clean ]; then
    "$rrm" --trash-dir "$at/trash" rm --into-home -g 0 "$at"/trees/*
  fi
}

delete() {
  case $1 in
    rm) rm -rf "$at"/trees/* ;;
    clean) "$rrm" --trash-dir "$at/trash" clean --trash "$at/trash" ;;
    *) "$engine" "$1" "$at/trees" ;;
  esac
}

measure() { # kind shape way cache
  rm -rf "$at"/trees
  prepare "$@"
  sync -f "$at"
  if [ "$4" = cold ]; then
    umount "$at"
    mount_it "$1"
  fi
  export -f delete
  export at rrm engine TIMEFORMAT='%R %U %S'
  # Seconds that passed; seconds on the processors, which whatever else runs disturbs less.
  { time "${first[@]}" bash -c "delete $3"; } 2>"$scratch/time"
  echo "$1 $2 $4 $3 $(tail -n 1 "$scratch/time")" | tee -a "$scratch/figures" >&2
}

for kind in "$@"; do
  format "$kind"
  mount_it "$kind"
  for cache in ${CACHES:-warm cold}; do
    if [ "$kind $cache" = "tmpfs cold" ]; then continue; fi
    for _ in $(seq "$rounds"); do
      for shape in ${SHAPES:-flat wide halves}; do
        for way in rm clean one two; do measure "$kind" "$shape" $way $cache; done
        if [ "$shape" = halves ]; then measure "$kind" halves apart $cache; fi
      done
    done
  done
  umount "$at"
  rm -f "$scratch/$kind.img"
done

echo "medians of $rounds rounds, $(uname -sr), $(nproc) processors, $(date +%F)"
awk '
  function median(list,   a, n, i, j, x) {
    n = split(list, a, " ")
    for (i = 2; i <= n; i++) { x = a[i]; for (j = i - 1; j > 0 && a[j] + 0 > x + 0; j--) a[j + 1] = a[j]; a[j + 1] = x }
    return a[int((n + 1) / 2)]
  }
  function ratio(of, way) { return (k, way) in of ? sprintf("%.2f", median(of[k, way]) / median(of[k, "rm"])) : "" }
  { k = $1 " " $2 " " $3; if (!(k in seen)) { seen[k]; name[++cases] = k }
    passed[k, $4] = passed[k, $4] " " $5; busy[k, $4] = busy[k, $4] " " ($6 + $7) }
  END {
    printf "%-6s %-7s %-5s %6s | %5s %5s %5s %5s | %5s %5s %5s %5s\n", "kind", "shape", "cache", "rm, s",
      "clean", "one", "two", "apart", "clean", "one", "two", "apart"
    n = split("clean one two apart", ways, " ")
    for (c = 1; c <= cases; c++) {
      k = name[c]; split(k, part, " ")
      printf "%-6s %-7s %-5s %6.2f |", part[1], part[2], part[3], median(passed[k, "rm"])
      for (w = 1; w <= n; w++) printf " %5s", ratio(passed, ways[w])
      printf " |"
      for (w = 1; w <= n; w++) printf " %5s", ratio(busy, ways[w])
      print ""
    }
  }' "$scratch/figures"
