# Sourced by the scripts of this folder: where things are kept, and how a program of an unpacked root is run.
ALO_CACHE=${ALO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/alo-clinica}
TRIPLET=$(uname -m)-linux-gnu

# relative_loader ROOT: the root's own dynamic loader; its libraries are newer than the host's.
relative_loader() {
  local name
  for name in usr/lib64/ld-linux-x86-64.so.2 usr/lib/ld-linux-aarch64.so.1; do
    [ -e "$1/$name" ] && { printf '%s\n' "$name"; return; }
  done
  return 1
}
loader() { printf '%s/%s\n' "$1" "$(relative_loader "$1")"; }

# library_path ROOT
library_path() { printf '%s\n' "$1/usr/lib/$TRIPLET:$1/usr/lib/mysql/private:$1/usr/lib"; }

# run_in ROOT PROGRAM ARGUMENTS...
run_in() {
  local root=$1 program=$2; shift 2
  "$(loader "$root")" --library-path "$(library_path "$root")" "$root/$program" "$@"
}
