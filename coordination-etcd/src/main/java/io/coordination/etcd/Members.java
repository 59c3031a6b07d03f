package io.coordination.etcd;

import io.coordination.store.TimeSource;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The members of the cluster, and which of them is asked next. Thread-safe.
 *
 * <p>Calls go to the usable members in turn, beginning with a random one, so that the order of the endpoints means nothing.
 * The given endpoints stay for ever; others may {@linkplain #become come and go}.
 */
final class Members implements Reconnector.Target {

    /** How long a call waits for the first of several connections before it takes a member that is not connected. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** How long calls and streams of a member that left may go on. */
    static final Duration DRAINING = Duration.ofSeconds(10);

    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    private final Function<Endpoint, ManagedChannel> channels;
    private final TimeSource time;
    private final MemberJournal journal;
    private final AtomicInteger turn =
            new AtomicInteger(ThreadLocalRandom.current().nextInt());
    private final AtomicReference<@Nullable CompletableFuture<Void>> connection = new AtomicReference<>();
    private final List<Member> seeds;
    private final ReentrantLock lock = new ReentrantLock(); // guards writing members, leaving, closed
    private final List<ManagedChannel> leaving = new ArrayList<>();
    private volatile List<Member> members;
    private volatile Runnable onConnected = () -> {};
    private volatile @Nullable ProbeMeans means;
    private volatile boolean used;
    private boolean closed;

    Members(
            List<Endpoint> endpoints,
            Function<Endpoint, ManagedChannel> channels,
            TimeSource time,
            MemberJournal journal) {
        this.channels = channels;
        this.time = time;
        this.journal = journal;
        this.seeds = endpoints.stream().map(endpoint -> member(endpoint, 0)).toList();
        this.members = seeds;
    }

    private Member member(Endpoint endpoint, long cluster) {
        return new Member(endpoint, channels.apply(endpoint), cluster, time, this::means, this::changed);
    }

    private ProbeMeans means() {
        ProbeMeans known = means;
        if (known == null) {
            throw new IllegalStateException("members are looked after once they are started");
        }
        return known.withChoice(members.size() > 1);
    }

    /**
     * Begins to follow the channels.
     *
     * @param how how to find out whether they serve
     * @param whenConnected runs whenever one of the channels is connected
     */
    void start(ProbeMeans how, Runnable whenConnected) {
        means = how;
        onConnected = whenConnected;
        seeds.forEach(Member::start);
    }

    /**
     * The member for the next call: the next one of those that answer, and not the one given while there is another. Without
     * any that answers, the most promising one. Does not block and does not allocate.
     */
    Member pick(@Nullable Member avoided) {
        List<Member> all = members;
        int size = all.size();
        if (size == 1) {
            return all.get(0);
        }
        int start = Math.floorMod(turn.getAndIncrement(), size);
        Member best = all.get(start);
        int bestRank = -1;
        for (int i = 0; i < size; i++) {
            Member candidate = all.get(start + i < size ? start + i : start + i - size);
            int rank = 2 * candidate.standing().rank() + (candidate == avoided ? 0 : 1);
            if (rank > bestRank) {
                best = candidate;
                bestRank = rank;
            }
        }
        if (best.standing() != Member.Standing.USABLE) {
            connectAll();
        }
        return best;
    }

    private void connectAll() {
        used = true;
        members.forEach(Member::connect);
    }

    /**
     * Completes when it is worth to {@linkplain #pick pick} a member: at once while one is connected or none is being
     * connected to, otherwise with the first connection, but after {@link #PATIENCE} at the latest.
     */
    CompletableFuture<Void> connected() {
        if (members.size() == 1 || hasConnection()) {
            return NOW;
        }
        connectAll();
        if (!isUntried()) {
            return NOW;
        }
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        CompletableFuture<Void> first = connection.compareAndExchange(null, waiting);
        if (first != null) {
            return first;
        }
        TimeSource.Timer patience = time.schedule(PATIENCE, this::stopWaiting);
        waiting.whenComplete((done, failure) -> patience.cancel());
        if (hasConnection() || !isUntried()) {
            stopWaiting();
        }
        return waiting;
    }

    private void stopWaiting() {
        CompletableFuture<Void> waiting = connection.getAndSet(null);
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    /** Hops to the timer thread: the caller is inside a channel. */
    private void stopWaitingElsewhere() {
        if (connection.get() != null) {
            time.schedule(Duration.ZERO, this::stopWaiting);
        }
    }

    private boolean hasConnection() {
        for (Member member : members) {
            if (member.isConnected()) {
                return true;
            }
        }
        return false;
    }

    private boolean isUntried() {
        for (Member member : members) {
            if (member.standing() == Member.Standing.UNTRIED) {
                return true;
            }
        }
        return false;
    }

    private void changed(Member member) {
        used = true;
        journal.note(member, members.size() > 1);
        if (member.isConnected()) {
            onConnected.run();
            stopWaitingElsewhere();
        } else if (!isUntried()) {
            stopWaitingElsewhere();
        }
    }

    @Override
    public boolean isDisconnected() {
        boolean connecting = false;
        for (Member member : members) {
            ConnectivityState now = member.connectivity();
            if (now == ConnectivityState.READY) {
                return false;
            }
            connecting |= now != ConnectivityState.IDLE && now != ConnectivityState.SHUTDOWN;
        }
        return connecting;
    }

    /** Leaves a store alone that nobody has used: it connects at its first call. */
    @Override
    public void connectNow() {
        if (used) {
            members.forEach(Member::connectNow);
        }
    }

    /**
     * Uses these members besides the given endpoints, and no others. Those that left end what they do; those that are new are
     * used once they have shown that they belong to the cluster.
     *
     * @param cluster the id of the cluster whose members these are
     */
    void become(List<Endpoint> others, long cluster) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            List<Member> before = members;
            List<Endpoint> known = before.stream().map(Member::endpoint).toList();
            List<Member> gone = before.stream()
                    .filter(member -> !seeds.contains(member) && !others.contains(member.endpoint()))
                    .toList();
            List<Member> fresh = others.stream()
                    .distinct()
                    .filter(endpoint -> !known.contains(endpoint))
                    .map(endpoint -> member(endpoint, cluster))
                    .toList();
            members = Stream.concat(before.stream().filter(member -> !gone.contains(member)), fresh.stream())
                    .toList();
            gone.forEach(this::letGo);
            fresh.forEach(this::welcome);
        } finally {
            lock.unlock();
        }
    }

    private void letGo(Member member) {
        journal.left(member);
        member.stop();
        ManagedChannel channel = member.channel();
        leaving.removeIf(ManagedChannel::isTerminated);
        leaving.add(channel);
        channel.shutdown();
        time.schedule(DRAINING, channel::shutdownNow);
    }

    private void welcome(Member member) {
        journal.found(member);
        member.start();
        member.connect();
    }

    /** All members, the given endpoints first. */
    List<Member> all() {
        return members;
    }

    int size() {
        return members.size();
    }

    /** Whether one of the members is known to lose events of watches. */
    boolean loseWatchEvents() {
        for (Member member : members) {
            if (member.version().filter(version -> !version.isSafe()).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Stops probing; lets go of who waits for a connection.
     *
     * @return the channels of all members, for their end
     */
    List<ManagedChannel> close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        members.forEach(Member::stop);
        stopWaiting();
        return Stream.concat(members.stream().map(Member::channel), leaving.stream())
                .toList();
    }
}
