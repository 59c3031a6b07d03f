package io.coordination.lock.internal;

import io.coordination.lock.election.LeadershipEnd;
import io.coordination.lock.election.LeadershipListener;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The beginning or the end of a leadership, as its listener is to hear it.
 *
 * @param term the leadership
 * @param end why it ended; empty for its beginning
 * @param told completes when the listener has heard it, or need not
 */
record LeaderSignal(LeaderTerm term, Optional<LeadershipEnd> end, CompletableFuture<Void> told) {

    static LeaderSignal elected(LeaderTerm term) {
        return new LeaderSignal(term, Optional.empty(), new CompletableFuture<>());
    }

    static LeaderSignal stopped(LeaderTerm term, LeadershipEnd reason) {
        return new LeaderSignal(term, Optional.of(reason), new CompletableFuture<>());
    }

    /** Calls the listener, unless a leadership was over before it could be told. */
    void tell(LeadershipListener listener) {
        if (end.isPresent()) {
            if (term.wasTold()) {
                listener.onStopped(term, end.get());
            }
        } else if (!term.isOver()) {
            term.beTold();
            listener.onElected(term);
        }
    }
}
