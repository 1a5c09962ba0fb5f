#!/bin/sh
# Installs a release of whippet for this machine: fetches the program and the list of sums, compares
# them, and puts the program in place.
#
#   WHIPPET_RELEASES   address of the folder with the files of the release; file:// works too
#   WHIPPET_VERSION    which version
#   PREFIX             where to: PREFIX/bin/whippet; /usr/local unless given
set -eu

version=${WHIPPET_VERSION:-0.1.0}
prefix=${PREFIX:-/usr/local}

fail() {
  printf 'whippet: %s\n' "$*" >&2
  exit 1
}

target() {
  case "$(uname -s) $(uname -m)" in
    'Linux x86_64') echo x86_64-unknown-linux-gnu ;;
    'Linux aarch64' | 'Linux arm64') echo aarch64-unknown-linux-gnu ;;
    'Darwin x86_64') echo x86_64-apple-darwin ;;
    'Darwin arm64') echo aarch64-apple-darwin ;;
    *) fail "there is no program for $(uname -s) on $(uname -m)" ;;
  esac
}

fetch() {
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --output "$2" "$1"
  elif command -v wget >/dev/null; then
    wget -q -O "$2" "$1"
  else
    fail 'it takes curl or wget to fetch the release: install one of them'
  fi || fail "$1 cannot be fetched: see whether WHIPPET_RELEASES and the version are right"
}

sum_of() {
  if command -v sha256sum >/dev/null; then
    sum=$(sha256sum "$1")
  elif command -v shasum >/dev/null; then
    sum=$(shasum -a 256 "$1")
  else
    fail 'it takes sha256sum or shasum to verify the release: install one of them'
  fi
  echo "${sum%% *}"
}

main() {
  releases=${WHIPPET_RELEASES:-}
  [ -n "$releases" ] || fail 'set WHIPPET_RELEASES to the address of the release'
  target=$(target)
  name=whippet-$version-$target
  new=$prefix/bin/.whippet.new
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"; rm -f "$new"' EXIT
  trap 'exit 1' HUP INT TERM
  { mkdir -p "$prefix/bin" && : >"$new"; } 2>/dev/null ||
    fail "$prefix/bin cannot be written: set PREFIX, as PREFIX=\$HOME/.local, or run this as root"
  fetch "$releases/SHA256SUMS" "$folder/SHA256SUMS"
  wanted=$(awk -v name="$name" '$2 == name { print $1 }' "$folder/SHA256SUMS")
  [ -n "$wanted" ] || fail "SHA256SUMS does not list $name: see whether WHIPPET_VERSION is right"
  fetch "$releases/$name" "$folder/$name"
  found=$(sum_of "$folder/$name")
  [ "$found" = "$wanted" ] || fail "$name has the sum $found, not $wanted: it is not what was released"
  cat "$folder/$name" >"$new" || fail "$prefix/bin has no room for $name"
  chmod 755 "$new"
  "$new" --version >/dev/null 2>&1 ||
    fail "$name does not run here: on Linux it takes glibc 2.27 or newer, and musl does not do"
  # In one step, so that a node that runs keeps the program it has.
  mv "$new" "$prefix/bin/whippet"
  printf 'whippet %s is %s; try: %s --help\n' "$version" "$prefix/bin/whippet" "$prefix/bin/whippet"
}

main
