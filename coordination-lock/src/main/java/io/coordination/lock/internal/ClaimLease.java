package io.coordination.lock.internal;

import io.coordination.store.session.Session;
import io.coordination.store.session.SessionLoss;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The lease that all keys of a claim hang on. Questions are answered on any thread. */
final class ClaimLease implements Leases, LeaseKeys.Owner {

    private final Fence fence;
    private final List<String> keys;
    private final Runnable onGone;
    private final Consumer<SessionLoss> onLoss;
    private volatile long believed; // the create revision of the keys, 0 when nobody believes in them
    private volatile boolean lossesForgotten;

    /**
     * Keys on one lease.
     *
     * @param fence of the lease; one reservation of its session for each key passes to this object
     * @param onGone runs when an audit finds that a key was deleted
     * @param onLoss told the end of the lease, perhaps twice
     */
    ClaimLease(Fence fence, List<String> keys, Runnable onGone, Consumer<SessionLoss> onLoss) {
        this.fence = fence;
        this.keys = List.copyOf(keys);
        this.onGone = onGone;
        this.onLoss = onLoss;
        keys.forEach(key -> fence.keys().add(key, this));
    }

    Fence fence() {
        return fence;
    }

    Session session() {
        return fence.session();
    }

    @Override
    public boolean isValid() {
        return session().isValid();
    }

    Duration remaining() {
        return session().remaining();
    }

    @Override
    public boolean areOver() {
        return session().isOver();
    }

    /** The keys were made at a revision: from now on an audit may miss them. */
    void believe(long createRevision) {
        believed = createRevision;
    }

    @Override
    public OptionalLong believedRevision() {
        long revision = believed;
        return revision == 0 ? OptionalLong.empty() : OptionalLong.of(revision);
    }

    @Override
    public void keyIsGone() {
        onGone.run();
    }

    @Override
    public void leaseIsOver(SessionLoss loss) {
        if (!lossesForgotten) {
            onLoss.accept(loss);
        }
    }

    /** Candidates, permits and multi-locks have nobody who could be asked politely. */
    @Override
    public void letterCame(Letter letter) {
        if (letter.kind().equals(Letter.FORCED) && letter.r() == believed) {
            onGone.run();
        }
    }

    /** Neither losses nor audits are of interest any more. */
    void forgetLosses() {
        believed = 0;
        lossesForgotten = true;
    }

    /** Gives the reservations back: none of the keys exists any more. */
    void release() {
        for (String key : keys) {
            fence.keys().forget(key);
            session().release();
        }
    }

    /** Lets the lease run out instead. */
    void leave() {
        session().leave();
    }
}
