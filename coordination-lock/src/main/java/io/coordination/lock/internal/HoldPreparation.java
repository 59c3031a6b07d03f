package io.coordination.lock.internal;

import io.coordination.store.session.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Sees to it that every hold begins with a lease that has enough life left. Confined to the serial executor of its lock. */
final class HoldPreparation {

    private static final Duration LONGEST_MIN_VALIDITY = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final QueueContext context;
    private final Place place;

    HoldPreparation(QueueContext context, Place place) {
        this.context = context;
        this.place = place;
    }

    /**
     * Whether a hold may begin now; if not, the lease is renewed, and the machine is told when it may.
     *
     * @param first whether it is the first hold, from which a fixed TTL counts
     */
    boolean isReady(boolean first) {
        Session session = place.session();
        if (first && place.isOfItsOwn()) {
            readyAfter(session.renewLastTime());
            return false;
        }
        Duration third = session.ttl().dividedBy(3);
        Duration enough = third.compareTo(LONGEST_MIN_VALIDITY) < 0 ? third : LONGEST_MIN_VALIDITY;
        if (place.remaining().compareTo(enough) >= 0) {
            return true;
        }
        readyAfter(session.renewNow());
        return false;
    }

    private void readyAfter(CompletableFuture<Void> renewal) {
        renewal.whenComplete((done, failure) -> context.serial().execute(() -> {
            if (place.isOver()) {
                return;
            }
            if (failure == null && place.isValid()) {
                context.machine().prepared(place.id());
            } else {
                context.env().time().schedule(PAUSE, () -> context.serial().execute(this::renewAgain));
            }
        }));
    }

    private void renewAgain() {
        readyAfter(place.session().renewNow());
    }
}
