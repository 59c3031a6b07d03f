package io.coordination.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether what the holders of exclusive locks saw fits a mutex: nobody held while another did, and fencing tokens grew from
 * each holder to the next.
 *
 * <pre>{@code
 * long before = System.nanoTime();
 * if (handle.isHeld()) {
 *     observations.add(new LockObservation(lock, "me", handle.fencingToken(), before, System.nanoTime()));
 * }
 * // …
 * assertThat(LockHistory.of(observations).violations()).isEmpty();
 * }</pre>
 *
 * <p>A hold is known to reach from the end of its first observation to the beginning of its last one; nothing is concluded
 * about the time around them, so a history is never called wrong because a thread or a process was paused. All times must
 * come from one clock: {@link System#nanoTime()} of several JVMs is one clock on Linux, where it is
 * {@code CLOCK_MONOTONIC}. Immutable.
 */
public final class LockHistory {

    private final Map<String, List<Hold>> holdsByLock;

    private LockHistory(Map<String, List<Hold>> holdsByLock) {
        this.holdsByLock = holdsByLock;
    }

    /** The history of these observations, which may be of several locks and in any order. */
    public static LockHistory of(Collection<LockObservation> observations) {
        Map<String, Map<HoldId, Hold>> holds = new TreeMap<>();
        for (LockObservation seen : observations) {
            holds.computeIfAbsent(seen.lock(), lock -> new TreeMap<>(HoldId.ORDER))
                    .merge(
                            new HoldId(seen.token(), seen.holder()),
                            new Hold(seen.holder(), seen.token(), seen.after(), seen.before()),
                            Hold::and);
        }
        return new LockHistory(holds.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> List.copyOf(entry.getValue().values()),
                        (one, two) -> one,
                        TreeMap::new)));
    }

    /** How many holds there were. */
    public int holds() {
        return holdsByLock.values().stream().mapToInt(List::size).sum();
    }

    /** A sentence for each breach of either kind; empty when the history is one of a mutex. */
    public List<String> violations() {
        List<String> all = new ArrayList<>(sharedTokens());
        all.addAll(overlaps());
        return all;
    }

    /** A sentence for each token that two holders had. */
    public List<String> sharedTokens() {
        List<String> found = new ArrayList<>();
        holdsByLock.forEach((lock, holds) -> {
            for (int i = 1; i < holds.size(); i++) {
                if (holds.get(i).token() == holds.get(i - 1).token()) {
                    found.add("%s: %s and %s have the same token".formatted(lock, holds.get(i - 1), holds.get(i)));
                }
            }
        });
        return found;
    }

    /**
     * A sentence for each hold that is known to have begun before a hold with a smaller token ended: both were held at once,
     * or tokens did not grow. Only meaningful where clocks decide, that is with servers that keep leases.
     */
    public List<String> overlaps() {
        List<String> found = new ArrayList<>();
        holdsByLock.forEach((lock, holds) -> {
            Hold lastToEnd = null;
            for (Hold hold : holds) {
                if (lastToEnd != null && lastToEnd.token() < hold.token() && hold.begun() < lastToEnd.notEnded()) {
                    found.add("%s: %s held %d us before the end of %s"
                            .formatted(lock, hold, (lastToEnd.notEnded() - hold.begun()) / 1_000, lastToEnd));
                }
                if (lastToEnd == null || hold.notEnded() > lastToEnd.notEnded()) {
                    lastToEnd = hold;
                }
            }
        });
        return found;
    }

    private record HoldId(long token, String holder) {

        static final Comparator<HoldId> ORDER =
                Comparator.comparingLong(HoldId::token).thenComparing(HoldId::holder);
    }

    /** A hold that had begun at one moment and had not ended at another; seen only once, the second is the earlier. */
    private record Hold(String holder, long token, long begun, long notEnded) {

        Hold and(Hold same) {
            return new Hold(holder, token, Math.min(begun, same.begun), Math.max(notEnded, same.notEnded));
        }

        @Override
        public String toString() {
            return "%s with token %d (%d-%d)".formatted(holder, token, begun, notEnded);
        }
    }
}
