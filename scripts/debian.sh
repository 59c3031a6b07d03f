# Sourced by scripts/etcd and scripts/peers: packages of the Debian or Ubuntu mirror that this machine uses, downloaded and
# unpacked through an apt configuration of our own. The system's package lists, cache and files stay as they are.
# shellcheck shell=bash

has_packages() { command -v apt-get >/dev/null && command -v dpkg >/dev/null; }

# A field of /etc/os-release, empty when there is none.
os_release() {
    # shellcheck source=/dev/null
    (. /etc/os-release 2>/dev/null && printf '%s' "${!1:-}") || true
}

# Prints the machine's archive entries with the suite replaced, one file each, into directory $2.
# deb822 stanzas keep every other field (URIs, Signed-By, inline keys); one-line entries keep their options.
derive_sources() {
    local suite=$1 target=$2 own file n=0 components="main"
    own=$(os_release VERSION_CODENAME)
    if [[ $(os_release ID) == ubuntu ]]; then
        components="main universe"
    fi
    for file in /etc/apt/sources.list.d/*.sources; do
        [[ -r $file ]] || continue
        n=$((n + 1))
        awk -v suite="$suite" -v own="$own" -v components="$components" -v out="$target/$n" '
            function field(name,   i, found) {
                for (i = 1; i <= count; i++) {
                    if (tolower(line[i]) ~ "^" name ":") { found = line[i]; sub(/^[^:]*:[ \t]*/, "", found); return found }
                }
                return ""
            }
            function has(list, word) { return index(" " list " ", " " word " ") > 0 }
            function base(suites) {
                return has(suites, own) || has(suites, "stable") || has(suites, "testing") \
                    || has(suites, "unstable") || has(suites, "sid")
            }
            function flush_stanza(   i, skipping, path) {
                if (count && has(field("types"), "deb") && has(field("components"), "main") \
                        && tolower(field("enabled")) != "no" && base(field("suites"))) {
                    path = out "-" (++stanzas) ".sources"
                    for (i = 1; i <= count; i++) {
                        if (line[i] !~ /^[ \t]/) skipping = tolower(line[i]) ~ /^(types|suites|components):/
                        if (!skipping) print line[i] > path
                    }
                    print "Types: deb\nSuites: " suite "\nComponents: " components > path
                    close(path)
                }
                count = 0
            }
            /^#/ { next }
            /^[ \t]*$/ { flush_stanza(); next }
            { line[++count] = $0 }
            END { flush_stanza() }' "$file"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [[ -r $file ]] || continue
        n=$((n + 1))
        awk -v suite="$suite" -v own="$own" -v components="$components" -v out="$target/$n" '
            $1 == "deb" {
                sub(/[ \t]#.*$/, "")
                options = ""
                if (match($0, /\[[^]]*\]/)) { options = substr($0, RSTART, RLENGTH) " "; sub(/\[[^]]*\]/, "") }
                if (($3 == own || $3 ~ /^(stable|testing|unstable|sid)$/) && index($0 " ", " main ")) {
                    path = out "-" (++entries) ".list"
                    print "deb " options $2 " " suite " " components > path
                    close(path)
                }
            }' "$file"
    done
}

# An apt configuration with its own lists, cache, sources, preferences and package status; nothing of the system's is
# written and no hook of the system's runs.
write_apt_configuration() {
    local apt=$1
    mkdir -p "$apt"/{lists/partial,cache/archives/partial,sources,preferences,download,unpacked}
    : >"$apt/status"
    cat >"$apt/apt.conf" <<CONFIGURATION
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Cache::archives "$apt/cache/archives";
Dir::Etc::sourcelist "$apt/sources/none";
Dir::Etc::sourceparts "$apt/sources";
Dir::Etc::preferences "$apt/preferences/none";
Dir::Etc::preferencesparts "$apt/preferences";
APT::Sandbox::User "$(id -un)";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
CONFIGURATION
}

# Downloads packages of one suite, using one derived source, and unpacks them into "$1/unpacked". Those whose names begin with
# "?" may be missing: releases differ in what a package needs.
download_packages() {
    local apt=$1 package
    shift
    apt-get -q -c "$apt/apt.conf" update || return 1
    for package in "$@"; do
        (cd "$apt/download" && apt-get -q -c "$apt/apt.conf" download "${package#\?}") || [[ $package == \?* ]] || return 1
    done
    for package in "$apt"/download/*.deb; do
        dpkg -x "$package" "$apt/unpacked" || return 1
    done
}

# Tries the machine's sources of a suite one after the other until a command accepts what was unpacked from one.
#   unpacked_from SUITE DIRECTORY LOG COMMAND PACKAGE...    the command gets the unpacked root as its argument
# The directory is gone afterwards.
unpacked_from() {
    local suite=$1 apt=$2 log=$3 accept=$4 source
    shift 4
    rm -rf "$apt"
    mkdir -p "$apt/derived"
    derive_sources "$suite" "$apt/derived"
    for source in "$apt"/derived/*; do
        [[ -f $source ]] || continue
        rm -rf "$apt"/{lists,cache,sources,preferences,download,unpacked}
        write_apt_configuration "$apt"
        cp "$source" "$apt/sources/"
        download_packages "$apt" "$@" >>"$log" 2>&1 || continue
        if "$accept" "$apt/unpacked"; then
            rm -rf "$apt"
            return 0
        fi
    done
    rm -rf "$apt"
    return 1
}
