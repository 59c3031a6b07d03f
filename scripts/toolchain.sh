# Sourced by ./quickstart and ./verify: finds Java and Maven, or says what to install.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$(basename "$0"): $*"
  exit 2
}

# The feature release of the JDK at a JAVA_HOME, such as 17.
java_release() {
  "$1/bin/java" -XshowSettings:properties -version 2>&1 |
    sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p' | head -n 1
}

# The newest JDK of a feature release in the usual place, if there is one.
jdk_home() {
  local home
  for home in /usr/lib/jvm/*; do
    if [ -x "$home/bin/javac" ] && [ "$(java_release "$home")" = "$1" ]; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  return 1
}

# Sets JAVA_HOME to a JDK of at least 17: the one given, else the one on PATH, else one found.
require_java() {
  if [ -z "${JAVA_HOME:-}" ]; then
    if command -v javac >/dev/null 2>&1; then
      JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
    else
      JAVA_HOME=$(jdk_home 17 || jdk_home 25) ||
        fail "no JDK was found: install one (Debian: apt-get install openjdk-17-jdk) or set JAVA_HOME"
    fi
  fi
  export JAVA_HOME
  [ -x "$JAVA_HOME/bin/javac" ] || fail "JAVA_HOME=$JAVA_HOME is not a JDK (it has no bin/javac)"
  local release
  release=$(java_release "$JAVA_HOME")
  [ "${release:-0}" -ge 17 ] || fail "the JDK at $JAVA_HOME is version ${release:-unknown}; 17 or newer is needed"
}

require_maven() {
  command -v mvn >/dev/null 2>&1 ||
    fail "Maven was not found: install it (Debian: apt-get install maven), version 3.8 or newer"
}

# A port on loopback that nobody listens on.
free_port() {
  local port
  for port in $(shuf -i 20000-30000 -n 100); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      printf '%s\n' "$port"
      return 0
    fi
  done
  fail "no free port was found between 20000 and 30000"
}
