package io.coordination.lock.internal;

import io.coordination.lock.election.Leadership;
import java.time.Duration;
import java.time.Instant;

/** One leadership, from the grant to its end. */
final class LeaderTerm implements Leadership {

    private final Claim claim;
    private final long token;
    private final Instant since;
    private volatile boolean over;
    private boolean told; // confined to the calls of the listener

    LeaderTerm(Claim claim, Instant since) {
        this.claim = claim;
        this.token = Tokens.of(claim.revision(), 0);
        this.since = since;
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public Instant since() {
        return since;
    }

    @Override
    public boolean isHeld() {
        return !over && claim.isValid();
    }

    @Override
    public Duration remaining() {
        return over ? Duration.ZERO : claim.remaining();
    }

    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    void beTold() {
        told = true;
    }

    boolean wasTold() {
        return told;
    }
}
