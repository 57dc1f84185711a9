# Sourced by the scripts of this folder: where things are kept, and how a program of an unpacked root is run.
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ALO_CACHE=${ALO_CACHE:-${XDG_CACHE_HOME:-~/.cache}/alo-clinica}
TRIPLET=$(uname -m)-linux-gnu

say() { printf '%s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

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

# Asterisk's user: never root. Whoever is not root runs it as themselves.
service_user() {
  if [ "$(id -u)" != 0 ]; then id -un
  elif [ -n "${ALO_ASTERISK_USER:-}" ]; then printf '%s\n' "$ALO_ASTERISK_USER"
  elif id asterisk >/dev/null 2>&1; then echo asterisk
  else echo nobody; fi
}
# The group that shares the spool with alo agi.
service_group() {
  if [ -n "${ALO_GROUP:-}" ]; then printf '%s\n' "$ALO_GROUP"
  elif getent group alo >/dev/null; then echo alo
  else id -gn "$(service_user)"; fi
}

# as_service COMMAND...: run as Asterisk's user and group.
as_service() {
  if [ "$(id -u)" != 0 ]; then "$@"
  else setpriv --reuid="$(service_user)" --regid="$(service_group)" --clear-groups "$@"; fi
}

# A folder below /root is closed to Asterisk's user, so what it needs is kept below /var/tmp then.
reachable() { as_service test -r "$1" -a -x "$1" 2>/dev/null; }
open_state() {
  mkdir -p "$ALO_CACHE"
  if reachable "$ALO_CACHE"; then printf '%s\n' "$ALO_CACHE"; else printf '/var/tmp/alo-clinica-%s\n' "$(id -u)"; fi
}
run_folder() { printf '%s\n' "${ALO_ASTERISK_RUN:-$(open_state)/run}"; }
