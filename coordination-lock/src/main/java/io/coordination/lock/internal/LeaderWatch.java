package io.coordination.lock.internal;

import io.coordination.Watch;
import io.coordination.lock.election.Leader;
import io.coordination.store.Environment;
import io.coordination.store.ListenerCalls;
import io.coordination.store.ListenerQueue;
import io.coordination.store.ListenerTarget;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import java.util.Optional;
import java.util.function.Consumer;

/** Follows the leader of one election for one listener: a mirror of the queue, of which only the first key is of interest. */
final class LeaderWatch implements MirrorListener, Claims.Owner {

    private final QueueKeys queue;
    private final Mirror mirror;
    private final ListenerQueue<Optional<Leader>> listener;
    // Confined to the calls of the mirror.
    private boolean begun;
    private Optional<Leader> told = Optional.empty();

    private LeaderWatch(Claims claims, String election, QueueKeys queue, Consumer<Optional<Leader>> user) {
        Environment env = claims.env();
        this.queue = queue;
        this.mirror = Mirror.open(
                env.store(),
                env.time(),
                queue.prefix(),
                env.options().instrumentation().mirrors("locks"));
        this.listener = new ListenerQueue<>(ListenerCalls.of(env), new Target(election, user), () -> {
            mirror.close();
            claims.exit(this);
        });
    }

    static Watch open(Claims claims, String election, QueueKeys queue, Consumer<Optional<Leader>> user) {
        LeaderWatch watch = new LeaderWatch(claims, election, queue, user);
        claims.enter(watch);
        watch.mirror.subscribe(watch);
        return watch.listener;
    }

    /** The newest leader is all that a slow listener needs. */
    private record Target(String election, Consumer<Optional<Leader>> user)
            implements ListenerTarget<Optional<Leader>> {

        @Override
        public String subject() {
            return "leader of " + election;
        }

        @Override
        public Class<?> listenerClass() {
            return user.getClass();
        }

        @Override
        public void tell(Optional<Leader> leader) {
            user.accept(leader);
        }

        @Override
        public Optional<Leader> merge(Optional<Leader> earlier, Optional<Leader> later) {
            return later;
        }
    }

    @Override
    public void onSnapshot(MirrorState state) {
        tell(state);
    }

    @Override
    public void onChange(MirrorChange change) {
        tell(mirror.state());
    }

    private void tell(MirrorState state) {
        Optional<Leader> leader = QueueElection.leader(queue, state.entries().values());
        if (!begun || !leader.equals(told)) {
            begun = true;
            told = leader;
            listener.deliver(leader);
        }
    }

    @Override
    public void coordinatorClosed() {
        listener.close();
    }
}
