package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.Watch;
import io.coordination.lock.election.Candidacy;
import io.coordination.lock.election.Leader;
import io.coordination.lock.election.LeaderElection;
import io.coordination.lock.election.Leadership;
import io.coordination.lock.election.LeadershipEnd;
import io.coordination.lock.election.LeadershipListener;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Leader election: two candidates, one leader, a payload that others see, and a leader that resigns. */
public final class LeaderExample {

    private static final String ELECTION = "example/billing";

    private LeaderExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator first = Example.connect(arguments);
                Coordinator second = Example.connect(arguments)) {
            elect(first.lock().election(ELECTION), second.lock().election(ELECTION));
        }
    }

    private static void elect(LeaderElection here, LeaderElection there) throws InterruptedException {
        Worker anna = new Worker("Anna");
        Worker bert = new Worker("Bert");
        CountDownLatch seen = new CountDownLatch(1);
        Watch watch = here.observe(leader -> told(leader, seen));
        try (watch;
                Candidacy first = here.campaign("http://anna:8080", anna)) {
            await(anna.elected);
            try (Candidacy second = there.campaign("http://bert:8080", bert)) {
                say("Both stand. Anna leads: %s, Bert leads: %s.", first.isLeader(), second.isLeader());
                first.proclaim("http://anna:9090");
                say(
                        "Anna moved. Bert asks who leads: %s.",
                        there.leader().map(Leader::payload).orElse("nobody"));
                say("Anna resigns: %s.", first.resign());
                await(bert.elected);
                await(seen);
            }
        }
    }

    private static void told(Optional<Leader> leader, CountDownLatch seen) {
        say("An observer hears: %s.", leader.map(Leader::payload).orElse("nobody leads"));
        if (leader.filter(one -> one.payload().contains("bert")).isPresent()) {
            seen.countDown();
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody was elected within 30 s");
        }
    }

    /** Starts its work when elected, and stops it when told to. */
    private static final class Worker implements LeadershipListener {

        private final String name;
        private final CountDownLatch elected = new CountDownLatch(1);

        Worker(String name) {
            this.name = name;
        }

        @Override
        public void onElected(Leadership leadership) {
            say("%s is elected and starts to work with token %d.", name, leadership.fencingToken());
            elected.countDown();
        }

        @Override
        public void onStopped(Leadership leadership, LeadershipEnd reason) {
            say("%s stops: %s.", name, reason);
        }
    }
}
