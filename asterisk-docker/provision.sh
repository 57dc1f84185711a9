#!/bin/bash
# The one provisioning recipe: the image, `alo asterisk up` and the tests all unpack their servers with it.
#
#   provision.sh apt PACKAGE...   install what is missing with apt (root)
#   provision.sh asterisk         unpack Asterisk 22 and SIPp from Debian sid, print where
#   provision.sh mysql            unpack MySQL 9 from Debian sid, print where
#   provision.sh mariadb          install MariaDB's server binaries with apt, print where
#   provision.sh nginx            unpack nginx where there is none (installed, it would start by itself), print where
#   provision.sh postfix          unpack Postfix, a mail server for the tests (installed, it would start by itself)
#   provision.sh rabbitmq         unpack RabbitMQ and its Erlang (installed, both would start by themselves), print where
#   provision.sh dovecot          unpack Dovecot, a mailbox server for the tests, the same way
#   provision.sh all              everything above
#
# bookworm has neither Asterisk nor MySQL, so both are unpacked beside the host: no chroot, no file of the host is
# touched. They run through their own loader (see env.sh). What is unpacked is kept under
# ${XDG_CACHE_HOME:-~/.cache}/alo-clinica, one folder for each version of this recipe.
set -euo pipefail
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/env.sh"

SUITE=${ALO_SUITE:-sid}
ASTERISK_MAJOR=${ALO_ASTERISK_MAJOR:-22}
MYSQL_MAJOR=${ALO_MYSQL_MAJOR:-9}

installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }

apt_install() {
  local missing=() package
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" = 0 ] || { say "Faltam pacotes; como root: apt-get install ${missing[*]}"; exit 1; }
  say "Instalando ${missing[*]} ..."
  export DEBIAN_FRONTEND=noninteractive
  # An old package list answers 404, so it is fetched anew only when the first try fails.
  apt-get -o DPkg::Lock::Timeout=120 install -y -q --no-install-recommends "${missing[@]}" >&2 ||
    { apt-get update -q >&2 && apt-get -o DPkg::Lock::Timeout=120 install -y -q --no-install-recommends "${missing[@]}" >&2; }
}

# unpack FOLDER PACKAGES: the packages and their dependencies, extracted and not configured.
unpack() {
  apt_install mmdebstrap zstd
  say "Desempacotando $2 do Debian $SUITE (menos de um minuto) ..."
  mmdebstrap --quiet --mode="$([ "$(id -u)" = 0 ] && echo root || echo unshare)" --variant=extract \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Check-Date "false"' \
    --aptopt='Acquire::Retries "3"' --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --include="$2" "$SUITE" "$1" >&2
}

# libraries ROOT LIBRARY_PATH FILE...: the shared libraries each file needs, relative to ROOT.
libraries() {
  local root=$1 path=$2 file; shift 2
  for file in "$@"; do
    "$(loader "$root")" --library-path "$path" --list "$root/$file" 2>/dev/null |
      grep -oE "$root/[^ ]+" | sed "s#^$root/##" || true
  done
}

# prune FULL KEPT: copy the files named on stdin (links followed) and drop the rest.
prune() {
  mkdir -p "$2"
  sort -u | tar -C "$1" -chf - -T - | tar -C "$2" -xf -
  rm -rf "$1"
}

make_asterisk() {
  local full=$1.full modules=usr/lib/$TRIPLET/asterisk/modules wanted module
  unpack "$full" asterisk,asterisk-modules,asterisk-core-sounds-en-gsm,sip-tester
  wanted=(usr/sbin/asterisk usr/bin/sipp)
  while read -r module; do
    [ -e "$full/$modules/$module" ] || { say "Asterisk sem o módulo $module"; exit 1; }
    wanted+=("$modules/$module")
  done < <(sed -n 's/^load *=> *//p' "$HERE/etc/modules.conf")
  { printf '%s\n' "${wanted[@]}" "$(relative_loader "$full")" usr/share/asterisk/{documentation,rest-api,sounds/en_US_f_Allison}
    libraries "$full" "$full/usr/lib/$TRIPLET" "${wanted[@]}"
    (cd "$full" && ls usr/lib/"$TRIPLET"/libnss_{files,dns}* usr/lib/"$TRIPLET"/libgcc_s.so.1 2>/dev/null) || true
  } | prune "$full" "$1"
  expect_version "Asterisk $ASTERISK_MAJOR." "$(run_in "$1" usr/sbin/asterisk -V)"
}

make_mysql() {
  local full=$1.full
  unpack "$full" mysql-server-core
  { printf '%s\n' usr/sbin/mysqld "$(relative_loader "$full")" usr/share/mysql/{english,charsets}
    libraries "$full" "$(library_path "$full")" usr/sbin/mysqld
    (cd "$full" && ls -d usr/lib/mysql/private usr/lib/"$TRIPLET"/libnss_files* usr/lib/"$TRIPLET"/libgcc_s.so.1 2>/dev/null) || true
  } | prune "$full" "$1"
  mkdir -p "$1/usr/lib/mysql/plugin"
  expect_version "Ver $MYSQL_MAJOR." "$(run_in "$1" usr/sbin/mysqld --no-defaults --version)"
}

make_nginx() {
  local part=$1.part
  rm -rf "$part"; mkdir -p "$part"
  (cd "$part" && { apt-get download -q nginx >&2 || { apt-get update -q >&2 && apt-get download -q nginx >&2; }; })
  dpkg -x "$part"/nginx_*.deb "$1"
  rm -rf "$part"
}

# unpack_here FOLDER PACKAGE...: packages of this machine's own release and the libraries they need, not installed.
unpack_here() {
  local root=$1 part=$1.part libraries; shift
  rm -rf "$part"; mkdir -p "$part"
  fetch() { (cd "$part" && apt-get download -q "$@" >&2); }
  libraries=$(apt-cache depends "$@" libnsl2 libtirpc3 | sed -n 's/^ *Depends: \(lib.*\)/\1/p' |
    grep -vxE 'libc6|libpam-runtime' | sort -u)
  # shellcheck disable=SC2086 # one word for each library
  fetch "$@" $libraries || { apt-get update -q >&2 && fetch "$@" $libraries; }
  for file in "$part"/*.deb; do dpkg -x "$file" "$root"; done
  rm -rf "$part"
}

# Erlang's own packages alone: of the libraries, each Debian has what they need.
make_rabbitmq() {
  local part=$1.part
  rm -rf "$part"; mkdir -p "$part"
  wanted() {
    apt-cache depends --recurse --no-{recommends,suggests,conflicts,breaks,replaces,enhances} rabbitmq-server |
      grep -oE '^erlang-[a-z0-9-]+' | sort -u
  }
  # shellcheck disable=SC2046 # one word for each package
  fetch() { (cd "$part" && apt-get download -q rabbitmq-server $(wanted) >&2); }
  fetch || { apt-get update -q >&2 && fetch; }
  for file in "$part"/*.deb; do dpkg -x "$file" "$1"; done
  rm -rf "$part"
  # Debian's looks for itself in /usr/lib alone.
  sed -i 's#ROOTDIR=/usr/lib/erlang#ROOTDIR=$(cd "$progdir/.." \&\& pwd)#' "$1/usr/lib/erlang/bin/erl"
}

make_postfix() { unpack_here "$1" postfix; }

# Where its modules are is built in: here it is where it runs (base_dir), which has a link to them.
make_dovecot() {
  unpack_here "$1" dovecot-core dovecot-imapd
  sed -i 's#/usr/lib/dovecot/modules\x00#modules\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00#' \
    "$1"/usr/lib/dovecot/libdovecot.so.0.*
}

# sid moves on; what was tried is this major version.
expect_version() {
  [[ $2 == *"$1"* ]] || { say "Esperava '$1', o Debian $SUITE tem '$2'."; exit 1; }
}

# recipe NAME FILES...: changes when what is unpacked would change, comments left out.
recipe() {
  local name=$1; shift
  {
    echo "$SUITE"; declare -f "make_$name" unpack libraries prune; [ $# -eq 0 ] || cat "$@"
    [[ $(declare -f "make_$name") != *unpack_here* ]] || declare -f unpack_here
  } | sha256sum | cut -c1-12
}

# cached NAME FILES...: make NAME once for this recipe (other runs wait), print its folder.
cached() {
  local name=$1 root; shift
  root=$ALO_CACHE/$name-$(recipe "$name" "$@")
  # What root has unpacked, others only use.
  if [ -d "$root" ]; then printf '%s\n' "$root"; return; fi
  mkdir -p "$ALO_CACHE"
  exec 9>"$ALO_CACHE/$name.lock"
  flock 9
  if [ ! -d "$root" ]; then
    rm -rf "$root.new" "$root.new.full"
    "make_$name" "$root.new"
    mv "$root.new" "$root"
  fi
  exec 9>&-
  printf '%s\n' "$root"
}

asterisk() { cached asterisk "$HERE/etc/modules.conf"; }
mysql() { cached mysql; }
nginx() { dirname "$(type -P nginx || type -P /usr/sbin/nginx || echo "$(cached nginx)/usr/sbin/nginx")"; }
postfix() { cached postfix; }
rabbitmq() { cached rabbitmq; }
dovecot() { cached dovecot; }
# mariadb-install-db calls my_print_defaults, which Debian keeps with the clients and recommends alone.
mariadb() { apt_install mariadb-server-core mariadb-client-core >&2; dirname "$(command -v mariadbd || echo /usr/sbin/mariadbd)"; }

case "${1:-}" in
  apt) shift; apt_install "$@" ;;
  asterisk|mysql|mariadb|nginx|postfix|dovecot|rabbitmq) "$1" ;;
  all) asterisk; mysql; mariadb; nginx; postfix; dovecot; rabbitmq ;;
  *) sed -n '2,16p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//' >&2; exit 2 ;;
esac
