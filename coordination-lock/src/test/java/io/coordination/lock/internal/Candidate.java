package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.election.Candidacy;
import io.coordination.lock.election.LeaderOptions;
import io.coordination.lock.election.Leadership;
import io.coordination.lock.election.LeadershipEnd;
import io.coordination.lock.election.LeadershipListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A candidate of a test, and what it was told. */
final class Candidate implements LeadershipListener {

    final List<String> told = new CopyOnWriteArrayList<>();
    final List<Leadership> leaderships = new CopyOnWriteArrayList<>();
    final Candidacy candidacy;
    volatile Runnable onElected = () -> {};
    volatile Runnable onStopped = () -> {};

    private Candidate(Node node, LeaderOptions options) {
        candidacy = node.locks.election(Cluster.LOCK).campaign(options, this);
    }

    static Candidate of(Node node, LeaderOptions options) {
        return new Candidate(node, options);
    }

    static Candidate of(Node node, String payload) {
        return new Candidate(node, options(payload).build());
    }

    static LeaderOptions.Builder options(String payload) {
        return LeaderOptions.builder().payload(payload).ttl(Cluster.TTL);
    }

    boolean leads() {
        return candidacy.isLeader();
    }

    long token() {
        return candidacy.leadership().orElseThrow().fencingToken();
    }

    @Override
    public void onElected(Leadership leadership) {
        told.add("elected");
        leaderships.add(leadership);
        onElected.run();
    }

    @Override
    public void onStopped(Leadership leadership, LeadershipEnd reason) {
        assertThat(leadership.isHeld()).isFalse();
        told.add(reason.name());
        onStopped.run();
    }
}
