package io.coordination.etcd;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a server, and what is known to be wrong below it.
 *
 * @param major 3 for every etcd that speaks this protocol
 * @param minor such as 4 or 5
 * @param patch the last number
 */
record EtcdVersion(int major, int minor, int patch) implements Comparable<EtcdVersion> {

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6}).*");
    private static final Comparator<EtcdVersion> ORDER = Comparator.comparingInt(EtcdVersion::major)
            .thenComparingInt(EtcdVersion::minor)
            .thenComparingInt(EtcdVersion::patch);

    /** The version that a server writes as {@code 3.5.30}; empty for anything else. */
    static Optional<EtcdVersion> parse(String text) {
        Matcher matcher = NUMBERS.matcher(text);
        return matcher.matches()
                ? Optional.of(new EtcdVersion(number(matcher, 1), number(matcher, 2), number(matcher, 3)))
                : Optional.empty();
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    /** Whether it is this version or a newer one. */
    boolean atLeast(int otherMajor, int otherMinor, int otherPatch) {
        return compareTo(new EtcdVersion(otherMajor, otherMinor, otherPatch)) >= 0;
    }

    /** Whether the server speaks the protocol as this client needs it. */
    boolean isSupported() {
        return atLeast(3, 4, 0);
    }

    /** Whether the server keeps leases and watches as etcd promises: below, renewed leases and events have been lost. */
    boolean isSafe() {
        return switch (minorOfThree()) {
            case 4 -> patch >= 38;
            case 5 -> patch >= 23;
            case 6 -> patch >= 5;
            default -> atLeast(3, 7, 0);
        };
    }

    /** Whether a client may ask a watch for its progress: below, the answer could overtake events. */
    boolean hasProgressRequests() {
        return minorOfThree() == 4 ? patch >= 25 : atLeast(3, 5, 8);
    }

    private int minorOfThree() {
        return major == 3 ? minor : -1;
    }

    @Override
    public int compareTo(EtcdVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
