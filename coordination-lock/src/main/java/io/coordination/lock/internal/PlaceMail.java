package io.coordination.lock.internal;

import io.coordination.LockLostException;
import io.coordination.lock.LockLostReason;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What operators write about a place, and what becomes of it. Confined to the serial executor of its lock. */
final class PlaceMail {

    private final QueueContext context;
    private final Place place;
    private final String lock;
    private @Nullable Letter eviction;

    PlaceMail(QueueContext context, Place place, String lock) {
        this.context = context;
        this.place = place;
        this.lock = lock;
    }

    /** A message came, perhaps about an earlier place of that name. */
    void read(Letter letter) {
        if (letter.kind().equals(Letter.REVOKE) && isAbout(letter)) {
            place.holds().all().forEach(hold -> hold.revocationRequested(letter));
            context.machine().giveBack(place.id()); // a lock that is only retained is not worth a question
        } else if (letter.kind().equals(Letter.FORCED)) {
            eviction = letter; // it may come before the answer that tells our own revision
            if (isAbout(letter)) {
                context.machine().deleted(place.id());
            }
        }
    }

    private boolean isAbout(Letter letter) {
        return letter.concerns(place.key(), place.revision());
    }

    /**
     * Finds out why the key of a place that waits is gone. Who waits queues again, unless the place was taken by force, of
     * which there is a message in the mailbox: it may not have come yet.
     */
    void askWhyGone() {
        CompletableFuture<Void> known =
                eviction == null ? place.session().readMail() : CompletableFuture.completedFuture(null);
        known.whenComplete((done, failure) -> context.serial().execute(() -> {
            Letter letter = eviction;
            if (letter != null && isAbout(letter)) {
                context.machine().evicted(place.id(), evicted(letter));
            } else {
                context.machine().lost(place.id(), LockLostReason.FORCED, Optional.empty());
            }
        }));
    }

    private LockLostException evicted(Letter letter) {
        return new LockLostException("lock '" + lock + "' was not acquired: its place in the queue was taken away by "
                + letter.by() + ", reason: " + letter.why());
    }
}
