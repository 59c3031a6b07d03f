package io.coordination.lock.internal;

import io.coordination.Watch;
import io.coordination.internal.Checks;
import io.coordination.lock.election.Candidacy;
import io.coordination.lock.election.Leader;
import io.coordination.lock.election.LeaderElection;
import io.coordination.lock.election.LeaderOptions;
import io.coordination.lock.election.LeadershipListener;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;

/** An election in the queue of the lock of its name. The leader is the key with the smallest create revision. Thread-safe. */
final class QueueElection implements LeaderElection {

    private final Claims claims;
    private final Environment env;
    private final String name;
    private final QueueKeys queue;

    QueueElection(Claims claims, String name) {
        this.claims = claims;
        this.env = claims.env();
        this.name = Checks.name("name", name);
        this.queue = new QueueKeys(env.keys().lockPrefix(name));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Candidacy campaign(String payload, LeadershipListener listener) {
        return campaign(LeaderOptions.ofPayload(payload), listener);
    }

    @Override
    public Candidacy campaign(LeaderOptions options, LeadershipListener listener) {
        Checks.notNull("options", options);
        Checks.notNull("listener", listener);
        claims.requireOpen();
        Campaign campaign = new Campaign(claims, name, options, listener);
        campaign.begin();
        return campaign;
    }

    @Override
    public Optional<Leader> leader() {
        claims.requireOpen();
        return leader(
                queue,
                Blocking.await(
                                env.store().range(RangeQuery.of(queue.range())),
                                "reading the leader of election '" + name + "'")
                        .entries());
    }

    @Override
    public Watch observe(Consumer<Optional<Leader>> listener) {
        Checks.notNull("listener", listener);
        claims.requireOpen();
        return LeaderWatch.open(claims, name, queue, listener);
    }

    /** The leader among the keys of a queue; nobody when the first is no candidate's. */
    static Optional<Leader> leader(QueueKeys queue, Collection<KeyValue> found) {
        return found.stream()
                .filter(entry -> queue.isMember(entry.key()))
                .min(Comparator.comparingLong(KeyValue::createRevision))
                .flatMap(first -> Membership.read(first.value())
                        .flatMap(value -> value.payload()
                                .map(payload -> new Leader(
                                        payload,
                                        Tokens.of(first.createRevision(), 0),
                                        value.process(),
                                        value.since()))));
    }
}
