package io.coordination.lock.election;

/**
 * Hears when a candidate begins and ceases to lead. Calls come on the callback executor, one at a time and in order: {@code
 * onElected} should start the work and return, because {@code onStopped} waits for it. What a call throws is logged and changes
 * nothing.
 *
 * <p>Each {@code onElected} is followed by exactly one {@code onStopped}. A leadership that was over before it could be told is not
 * told at all.
 */
public interface LeadershipListener {
    /**
     * This candidate leads. Called after the server has confirmed it.
     *
     * @param leadership the token, and whether it still lasts
     */
    void onElected(Leadership leadership);

    /**
     * This candidate leads no more: stop at once. {@link Leadership#isHeld()} is false already. After a loss it is called before
     * the lease can have run out at the server, if a thread of the callback executor is free. At the end of a term the next
     * candidate is let in when this call has returned, or one TTL later; otherwise it may lead already.
     *
     * @param leadership the one that ended
     * @param reason why
     */
    void onStopped(Leadership leadership, LeadershipEnd reason);
}
