#!/usr/bin/env bash
# Uses nearmem as a user's project does.
#
#   check.sh install BUILD_DIR WORK_DIR         installs into WORK_DIR/prefix
#   check.sh package SOURCE_DIR WORK_DIR        a consumer by find_package
#   check.sh pkg_config SOURCE_DIR WORK_DIR     a consumer by pkg-config
#   check.sh shared SOURCE_DIR WORK_DIR         a consumer by add_subdirectory, with a shared library
set -euo pipefail

what=$1 from=$2 work=$3
consumer=$from/tests/install/consumer
prefix=$work/prefix

# configure_and_run NAME CMAKE_ARGUMENTS...
configure_and_run() {
  local build=$work/$1
  shift
  rm -rf "$build"
  cmake -G Ninja -S "$consumer" -B "$build" "$@"
  cmake --build "$build" -j 2
  "$build/consumer"
}

case $what in
  install)
    rm -rf "$prefix"
    # From elsewhere and to a relative prefix, which must not end up in the build folder.
    mkdir -p "$work"
    cd "$work"
    cmake --install "$from" --prefix prefix
    "$prefix/bin/nearmem" --version
    if find "$prefix" \( -name '*.pc' -o -name '*.cmake' \) -print0 |
      xargs -0 grep -nF -e "$work" -e "$from"; then
      echo "an installed file names a folder of the build" >&2
      exit 1
    fi
    ;;
  package)
    # Moved away first: an installation does not depend on where it was made.
    rm -rf "$work/moved"
    cp -r "$prefix" "$work/moved"
    configure_and_run package -DCMAKE_PREFIX_PATH="$work/moved"
    ;;
  pkg_config)
    export PKG_CONFIG_PATH
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name nearmem.pc)")
    pkg-config --print-errors --exists 'nearmem >= 0.1'
    read -ra flags < <(pkg-config --cflags --libs nearmem)
    "${CXX:-c++}" -std=c++20 "$consumer/consumer.cpp" "${flags[@]}" -o "$work/by_pkg_config"
    "$work/by_pkg_config"
    ;;
  shared)
    configure_and_run shared -DNEARMEM_SOURCE="$from" -DBUILD_SHARED_LIBS=ON
    ;;
  *)
    echo "check.sh: not '$what'" >&2
    exit 2
    ;;
esac
