package io.coordination.tests.lockchaos;

import io.coordination.tests.lockchaos.Increment.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether counters that were only changed by holders of their lock, and only in transactions guarded by their tokens, are
 * exact. Immutable.
 *
 * @param attempts what the holders tried
 * @param writes what the servers did
 * @param counters what the counters are in the end, by lock
 */
record GuardedWrites(Collection<Increment> attempts, Collection<StoredWrite> writes, Map<String, Long> counters) {

    /** A sentence for each breach. */
    List<String> violations() {
        List<String> found = new ArrayList<>();
        checkOutcomes(found);
        writes.stream()
                .collect(Collectors.groupingBy(StoredWrite::lock))
                .forEach((lock, ofLock) -> checkOrder(ofLock, found));
        attempts.stream()
                .collect(Collectors.groupingBy(Increment::lock))
                .forEach((lock, ofLock) -> checkSum(lock, ofLock, found));
        return found;
    }

    /** What was acknowledged is there, what was refused is not, and nothing is there that nobody tried. */
    private void checkOutcomes(List<String> found) {
        Map<Hold, StoredWrite> stored = new HashMap<>();
        writes.forEach(write -> stored.put(new Hold(write.lock(), write.token()), write));
        for (Increment attempt : attempts) {
            StoredWrite write = stored.remove(new Hold(attempt.lock(), attempt.token()));
            if (attempt.outcome() == Outcome.ACKNOWLEDGED && write == null) {
                found.add("acknowledged and not there: " + attempt);
            } else if (attempt.outcome() == Outcome.REFUSED && write != null) {
                found.add("refused and there: " + write);
            } else if (write != null && write.count() != attempt.count()) {
                found.add("tried " + attempt + " and stored " + write);
            }
        }
        stored.values().forEach(write -> found.add("tried by nobody: " + write));
    }

    /** Tokens grow from write to write, and nobody counts on from what was before an acknowledged write. */
    private void checkOrder(List<StoredWrite> ofLock, List<String> found) {
        Map<Hold, Outcome> outcomes = new HashMap<>();
        attempts.forEach(attempt -> outcomes.put(new Hold(attempt.lock(), attempt.token()), attempt.outcome()));
        long token = 0;
        long acknowledged = 0;
        for (StoredWrite write : sorted(ofLock)) {
            if (write.token() <= token) {
                found.add("accepted after token " + token + ": " + write);
            }
            if (write.count() <= acknowledged) {
                found.add("lost the increment to " + acknowledged + ": " + write);
            }
            token = Math.max(token, write.token());
            if (outcomes.get(new Hold(write.lock(), write.token())) == Outcome.ACKNOWLEDGED) {
                acknowledged = write.count();
            }
        }
    }

    private static List<StoredWrite> sorted(List<StoredWrite> writes) {
        return writes.stream()
                .sorted(Comparator.comparingLong(StoredWrite::revision))
                .toList();
    }

    private void checkSum(String lock, List<Increment> ofLock, List<String> found) {
        long sure = ofLock.stream()
                .filter(each -> each.outcome() == Outcome.ACKNOWLEDGED)
                .count();
        long unknown = ofLock.stream()
                .filter(each -> each.outcome() == Outcome.UNKNOWN)
                .count();
        long counter = counters.getOrDefault(lock, 0L);
        if (counter < sure || counter > sure + unknown) {
            found.add("%s counts %d after %d acknowledged and %d unknown increments"
                    .formatted(lock, counter, sure, unknown));
        }
    }

    private record Hold(String lock, long token) {}
}
