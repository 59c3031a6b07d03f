package io.coordination.lock.internal;

import io.coordination.Watch;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionListener;
import io.coordination.store.session.SessionLoss;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The lease that a queue key hangs on, each with its fence. While the key is being moved there are two: it may be on either,
 * so it certainly exists only while both live, and certainly not once both are over.
 *
 * <p>Questions are answered on any thread; moves are confined to the serial executor of the lock.
 */
final class KeyLeases implements Leases, LeaseKeys.Owner {

    /** Hears what becomes of the key by others, on any thread. */
    interface Listener {
        /** An audit found that the key was deleted. */
        void keyWasDeleted();

        /** A lease that the key may be on is over. May be told twice. */
        void leaseIsOver(SessionLoss loss);

        /** Somebody wrote to the process about the key, perhaps about an earlier or later one of that name. */
        void letterCame(Letter letter);
    }

    private final String key;
    private final Listener listener;
    private volatile List<LeaseFollowing> followings = List.of(); // thousands of keys have none
    private volatile Fence present;
    private volatile @Nullable Fence target;
    private volatile long believed; // the create revision of the key, 0 when nobody believes in it
    private volatile boolean lossesForgotten;

    /**
     * A key on one lease.
     *
     * @param fence of the lease; one reservation of its session passes to this object
     */
    KeyLeases(Fence fence, String key, Listener listener) {
        this.key = key;
        this.listener = listener;
        this.present = fence;
        fence.keys().add(key, this);
    }

    /** The fence of the present lease. */
    Fence fence() {
        return present;
    }

    /** The session of the present lease. */
    Session session() {
        return present.session();
    }

    boolean isMoving() {
        return target != null;
    }

    @Override
    public boolean isValid() {
        Fence next = target; // first: when it is gone, the present one is the new one
        return session().isValid() && (next == null || next.session().isValid());
    }

    /** For how long that is certain if no renewal succeeds. */
    Duration remaining() {
        Fence next = target;
        Duration left = session().remaining();
        if (next == null) {
            return left;
        }
        Duration leftOfNext = next.session().remaining();
        return leftOfNext.compareTo(left) < 0 ? leftOfNext : left;
    }

    @Override
    public boolean areOver() {
        Fence next = target;
        return session().isOver() && (next == null || next.session().isOver());
    }

    /** From now on the key may be on another lease as well; one reservation of its session passes to this object. */
    void beginMove(Fence next) {
        target = next;
        next.keys().add(key, this);
    }

    /** The key is on the other lease and on no other. */
    void endMove() {
        Fence next = target;
        if (next != null) {
            Session left = session();
            present.keys().forget(key);
            present = next;
            target = null;
            followings.forEach(following -> following.moveTo(session()));
            left.release();
        }
    }

    /**
     * Follows the lease that the key is on, whichever that is, until the watch is closed. Confined, as moves are, to the serial
     * executor of the lock.
     */
    Watch follow(SessionListener follower) {
        LeaseFollowing following = new LeaseFollowing(session(), follower);
        List<LeaseFollowing> all = new ArrayList<>(followings);
        all.removeIf(LeaseFollowing::isClosed);
        all.add(following);
        followings = all;
        return following;
    }

    /** The key was made at a revision: from now on an audit may miss it. */
    void believe(long createRevision) {
        believed = createRevision;
    }

    @Override
    public OptionalLong believedRevision() {
        long revision = believed;
        return revision == 0 || isMoving() ? OptionalLong.empty() : OptionalLong.of(revision);
    }

    @Override
    public void keyIsGone() {
        listener.keyWasDeleted();
    }

    @Override
    public void leaseIsOver(SessionLoss loss) {
        if (!lossesForgotten) {
            listener.leaseIsOver(loss);
        }
    }

    @Override
    public void letterCame(Letter letter) {
        listener.letterCame(letter);
    }

    /** Neither losses nor audits are of interest any more. */
    void forgetLosses() {
        believed = 0;
        lossesForgotten = true;
    }

    /** Gives the reservations back: the key is certainly on none of the leases. */
    void release() {
        forgetKey();
        session().release();
        Fence next = target;
        if (next != null) {
            next.session().release();
        }
    }

    /** The key is certainly on none of the leases, of which somebody else has the reservations now. */
    void forgetKey() {
        present.keys().forget(key);
        Fence next = target;
        if (next != null) {
            next.keys().forget(key);
        }
    }

    /** Lets the leases run out instead. */
    void leave() {
        session().leave();
        Fence next = target;
        if (next != null) {
            next.session().leave();
        }
    }
}
