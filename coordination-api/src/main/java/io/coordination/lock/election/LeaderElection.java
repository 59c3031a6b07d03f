package io.coordination.lock.election;

import io.coordination.Watch;
import io.coordination.lock.DistributedLock;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An election: among all candidates of one name at most one is the leader, in the order in which they stood.
 *
 * <pre>{@code
 * LeaderElection election = locks.election("billing");
 * Candidacy candidacy = election.campaign("http://10.0.0.7:8080", new LeadershipListener() {
 *     public void onElected(Leadership leadership) { scheduler.start(leadership.fencingToken()); }
 *     public void onStopped(Leadership leadership, LeadershipEnd reason) { scheduler.stop(); }
 * });
 * }</pre>
 *
 * <p>A candidate has a key in the queue of the lock of the same name, so elections follow the rules of {@link DistributedLock},
 * those for names included, and a lock and an election of one name exclude each other: give them different names. Leadership
 * renews itself; a leader that dies is followed by the next candidate after its TTL, one that resigns at once.
 *
 * <p>Thread-safe. Methods throw a {@link io.coordination.CoordinationException}: {@code VALIDATION_ERROR} for a bad argument,
 * {@code CLOSED} after the coordinator was closed, and others where they are named.
 *
 * @apiNote Implemented by this SDK alone; methods may be added. For tests use an endpoint such as {@code memory:test}.
 */
public interface LeaderElection {
    /**
     * The name of the election.
     *
     * @return the name as it was given
     */
    String name();

    /**
     * {@link #campaign(LeaderOptions, LeadershipListener)} with a payload and the default options.
     *
     * @param payload what others see of the leader, such as its address: at most 4,096 bytes in UTF-8
     * @param listener hears when leadership begins and ends
     * @return the candidacy, until it is closed
     */
    Candidacy campaign(String payload, LeadershipListener listener);

    /**
     * Stands for election until the candidacy is closed. Does not block and needs no server yet: a candidacy rides out outages of
     * any length and stands again, at the end of the queue, when the server has forgotten it.
     *
     * @param options payload, TTL, term and so on
     * @param listener hears when leadership begins and ends
     * @return the candidacy, until it is closed
     */
    Candidacy campaign(LeaderOptions options, LeadershipListener listener);

    /**
     * The leader at this moment. Asks the server, blocks at most for the request timeout; an interrupt ends it with {@code
     * CANCELLED}.
     *
     * @return empty when nobody stands
     * @throws io.coordination.CoordinationException when the server cannot be asked
     */
    Optional<Leader> leader();

    /**
     * Follows the leader: tells the present one first, then every change in order, a new payload included. Empty means that
     * nobody stands. After a gap in the connection the listener hears the newest leader; those in between may be missing, the last
     * one never is. Calls come on the callback executor, one at a time.
     *
     * @param listener hears who leads
     * @return the watch; it ends with the coordinator at the latest
     */
    Watch observe(Consumer<Optional<Leader>> listener);
}
