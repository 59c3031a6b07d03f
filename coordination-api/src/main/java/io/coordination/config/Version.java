package io.coordination.config;

import io.coordination.internal.Checks;

/**
 * The version of a configuration value: the revision of the store at which it was written.
 *
 * <p>Versions of one key grow with every write; between them other keys may have been written, so they have gaps.
 *
 * @param revision the modification revision; 0 when there is no value
 */
public record Version(long revision) implements Comparable<Version> {
    /** The version of a key that does not exist: expecting it means "create only". */
    public static final Version ABSENT = new Version(0);

    /**
     * Checks the revision.
     *
     * @param revision the modification revision
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a negative revision
     */
    public Version {
        Checks.notNegative("revision", revision);
    }

    /**
     * Whether this is the version of a key that does not exist.
     *
     * @return true for {@link #ABSENT}
     */
    public boolean isAbsent() {
        return revision == 0;
    }

    /**
     * Orders by revision.
     *
     * @param other the version to compare with
     * @return negative, zero or positive when this is older, the same or newer
     */
    @Override
    public int compareTo(Version other) {
        return Long.compare(revision, other.revision);
    }
}
