package io.coordination.lock.internal.queue;

import java.util.Optional;

/**
 * What a place in a queue asks for. It is in the value of the key, not in its name, so that it can become weaker without losing
 * the place; it never becomes stricter.
 *
 * @param kind {@code w} exclusive, {@code r} shared, {@code p} permits
 * @param permits how many, for kind {@code p}; otherwise 0
 */
public record PlaceMode(char kind, int permits) {

    /** The most permits that there can be. */
    public static final int MOST_PERMITS = 1_000_000_000;

    /** Nobody else. */
    public static final PlaceMode EXCLUSIVE = new PlaceMode('w', 0);

    /** Others of this mode as well. */
    public static final PlaceMode SHARED = new PlaceMode('r', 0);

    /** Some of the permits of a semaphore. */
    public static PlaceMode permits(int count) {
        return new PlaceMode('p', count);
    }

    /** Whether a key of this mode has to go before one behind it may own; keys of a semaphore are summed up instead. */
    public boolean blocks(PlaceMode behind) {
        return kind == 'w' || behind.kind == 'w' || (kind == 'p') != (behind.kind == 'p');
    }

    /** Whether this has to be counted against one behind it. */
    boolean counts(PlaceMode behind) {
        return blocks(behind) || (kind == 'p' && behind.kind == 'p');
    }

    boolean isShared() {
        return kind == 'r';
    }

    /** As it is stored. */
    public String text() {
        return kind == 'p' ? "p" + permits : String.valueOf(kind);
    }

    /** What {@link #text()} made; nothing for a text that this version does not know. */
    public static Optional<PlaceMode> parse(String text) {
        if (text.equals("w")) {
            return Optional.of(EXCLUSIVE);
        }
        if (text.equals("r")) {
            return Optional.of(SHARED);
        }
        if (!text.matches("p[1-9][0-9]{0,9}")) {
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(text.substring(1)))
                .filter(count -> count <= MOST_PERMITS)
                .map(count -> permits(count.intValue()));
    }
}
