#!/bin/sh
# Builds the guest programs into guest/bin.   guest/build.sh [--check | --linux DIR]
#   --check       builds elsewhere and compares with what is committed: the binaries are what the sources say
#   --linux DIR   builds variants into DIR that read stdin and write stdout under qemu-riscv64: an independent oracle
# Debian: apt-get install gcc-riscv64-unknown-elf
# Without the compiler --check is skipped, loudly, unless SONM_REQUIRE_DOCKER=1 (set by CI) makes that an error.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cc=riscv64-unknown-elf-gcc
expected="12.2.0" # other versions give other bytes, which are equally right
programs="render wordcount"

if ! command -v "$cc" >/dev/null; then
    echo "guest/build.sh: $cc is not installed, so the guest programs cannot be rebuilt" >&2
    echo "  → apt-get install gcc-riscv64-unknown-elf" >&2
    [ "${1:-}" = --check ] && [ "${SONM_REQUIRE_DOCKER:-}" != 1 ] && { echo "  SKIPPED" >&2; exit 0; }
    exit 1
fi

# build PROGRAM START OUT: relative names only, so that no path of this machine can get into the result
build() {
    cd "$here"
    "$cc" -march=rv64im -mabi=lp64 -mcmodel=medany -O2 -std=c17 -ffreestanding -fwrapv -fno-ident \
        -fno-tree-loop-distribute-patterns -Wall -Wextra -Werror -nostdlib -static \
        -Iruntime -T runtime/link.ld -Wl,--build-id=none -Wl,-z,max-page-size=4096 -s \
        -o "$3" "runtime/$2" runtime/sonm.c runtime/memory.c "programs/$1"/*.c
}

case "${1:-}" in
"")
    for program in $programs; do build "$program" start.S "$here/bin/$program"; done
    ls -l "$here/bin"
    ;;
--linux)
    out=$(cd "$2" && pwd)
    for program in $programs; do build "$program" linux.S "$out/$program"; done
    ;;
--check)
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
    for program in $programs; do
        build "$program" start.S "$out/$program"
        cmp "$out/$program" "$here/bin/$program" || {
            echo "guest/bin/$program is not what its sources give with $("$cc" -dumpversion) (committed: $expected)" >&2
            echo "  → run guest/build.sh with gcc $expected and commit the result" >&2
            exit 1
        }
        echo "guest/bin/$program: reproduced"
    done
    ;;
*)
    sed -n '2,6s/^# //p' "$0" >&2
    exit 2
    ;;
esac
