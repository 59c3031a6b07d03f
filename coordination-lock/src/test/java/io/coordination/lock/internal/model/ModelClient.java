package io.coordination.lock.internal.model;

import io.coordination.CoordinationException;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.internal.queue.HandOver;
import io.coordination.lock.internal.queue.LocalRequest;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.internal.queue.QueueChange;
import io.coordination.lock.internal.queue.QueueMachine;
import io.coordination.lock.internal.queue.QueueSink;
import io.coordination.lock.internal.queue.QueueTimer;
import io.coordination.lock.internal.queue.QueueView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One process: the real machine, and around it what the shell of the product does: it sends until an answer is definite, keeps
 * account of copies that may come late, and moves fences. Everything that would take time is left to the search.
 */
final class ModelClient implements QueueSink {

    final int number;
    final Set<Rule> dropped;
    final TreeMap<Long, Attempt> attempts;
    final TreeMap<Integer, LeaseFence> fences;
    final EnumSet<QueueTimer> timers;
    final List<ModelThread> threads;
    final KnownOthers others;
    WatchPosition watch = WatchPosition.CLOSED;
    boolean crashed;
    boolean retaining;
    /** The newest revision that it was told anything of. */
    long informed;

    private QueueMachine machine;
    private boolean retired;
    private long names;
    private final FlatRow flat = new FlatRow();
    private final FlatRow looks = new FlatRow();

    // Only while an input is digested.
    final List<Call> outbox = new ArrayList<>();
    final List<Granted> granted = new ArrayList<>();
    private final Deque<Runnable> followUps = new ArrayDeque<>();
    private @Nullable Etcd etcd;

    ModelClient(int number, Set<Rule> dropped, List<ModelThread> threads) {
        this.number = number;
        this.dropped = dropped;
        this.attempts = new TreeMap<>();
        this.fences = new TreeMap<>();
        this.timers = EnumSet.noneOf(QueueTimer.class);
        this.threads = new ArrayList<>(threads);
        this.others = new KnownOthers(Renaming.keys(number));
        this.machine = new QueueMachine(this);
    }

    private ModelClient(ModelClient other) {
        number = other.number;
        dropped = other.dropped;
        attempts = new TreeMap<>(other.attempts);
        fences = new TreeMap<>();
        other.fences.forEach((lease, fence) -> fences.put(lease, fence.copy()));
        timers = EnumSet.copyOf(other.timers);
        threads = new ArrayList<>(other.threads);
        others = other.others.copy();
        watch = other.watch;
        crashed = other.crashed;
        retaining = other.retaining;
        informed = other.informed;
        retired = other.retired;
        names = other.names;
        machine = other.machine.copy(this);
    }

    ModelClient copy() {
        return new ModelClient(this);
    }

    /** Gives the machine an input, and all that follows from it at once. */
    void digest(Etcd server, Runnable input) {
        etcd = server;
        input.run();
        while (!followUps.isEmpty()) {
            followUps.remove().run();
        }
        etcd = null;
    }

    QueueMachine machine() {
        return machine;
    }

    // ---- threads

    void submit(int thread) {
        ModelThread asking = threads.get(thread).in(ModelThread.Phase.ASKING);
        threads.set(thread, asking);
        if (retired) {
            retired = false;
            machine = new QueueMachine(this);
        }
        machine.submit(asking.wish());
    }

    /** Every thread that is idle asks for what it wishes next. */
    void askAll() {
        for (int thread = 0; thread < threads.size(); thread++) {
            ModelThread idle = threads.get(thread);
            if (idle.phase() == ModelThread.Phase.IDLE && !idle.isDone()) {
                submit(thread);
            }
        }
    }

    void cancel(int thread) {
        threads.set(thread, threads.get(thread).in(ModelThread.Phase.CANCELLED));
    }

    void withdraw(int thread) {
        Wish wish = threads.get(thread).wish();
        threads.set(thread, threads.get(thread).ended());
        machine.withdrawn(wish);
    }

    void unlock(int thread) {
        ModelThread holder = threads.get(thread);
        HandOver handOver = holder.wish().closes() ? HandOver.SOON : HandOver.AT_ONCE;
        threads.set(thread, holder.ended());
        machine.holdEnded(holder.place(), holder.number(), holder.mode(), handOver);
    }

    void downgrade(int thread) {
        ModelThread holder = threads.get(thread);
        threads.set(thread, holder.holding(holder.place(), holder.number(), PlaceMode.SHARED));
        machine.downgrade(holder.place(), holder.number(), HandOver.AT_ONCE);
    }

    private void end(LocalRequest request) {
        for (int thread = 0; thread < threads.size(); thread++) {
            if (threads.get(thread).asksFor(request)) {
                threads.set(thread, threads.get(thread).ended());
            }
        }
    }

    /** Whether nothing is wanted any more, and no key of its own is known of. */
    boolean isDone() {
        return !crashed && attempts.isEmpty() && threads.stream().allMatch(ModelThread::isDone);
    }

    /** Whether a lease of this process is believed in. */
    boolean believesIn(int lease) {
        LeaseFence fence = fences.get(lease);
        return !crashed && fence != null && !fence.isOver();
    }

    /** All that this process knew is gone. */
    void crash() {
        crashed = true;
        watch = WatchPosition.CLOSED;
        timers.clear();
        attempts.clear();
        threads.clear();
        others.clear();
        retaining = false;
        machine = new QueueMachine(this);
    }

    // ---- the watch

    /** The server opens the watch, and the process hears of it at once. */
    void openWatch(Etcd server) {
        while (watch.stage() == WatchPosition.Stage.ASKED) {
            watch = WatchPosition.created(server.revision()).live();
            digest(server, this::watchIsLive);
        }
    }

    void watchIsLive() {
        if (!dropped.contains(Rule.FLOOR)) {
            machine.watchLive(watch.seen());
        }
    }

    void watchChanged(long revision, List<QueueChange> changes) {
        informed = Math.max(informed, revision);
        others.changed(changes);
        count();
        boolean tooEarly = dropped.contains(Rule.EARLY_EVENTS)
                && attempts.values().stream().anyMatch(Attempt::isOpen);
        if (!tooEarly) {
            long pretended = dropped.contains(Rule.OLD_EVENTS) ? Long.MAX_VALUE : revision;
            List<QueueChange> told = dropped.contains(Rule.WHOLE_REVISIONS) ? changes.subList(0, 1) : changes;
            machine.watchChanged(pretended, dropped.contains(Rule.ROOM_FOR_OTHERS) ? others.hidden(told) : told);
        }
    }

    private void count() {
        others.count(attempts, place -> threads.stream().anyMatch(thread -> thread.holds(place)));
    }

    /** What the machine is shown of a queue. */
    QueueView shown(QueueView queue) {
        informed = Math.max(informed, queue.revision());
        others.read(queue);
        count();
        long created =
                attempts.values().stream().mapToLong(Attempt::created).max().orElse(0);
        return dropped.contains(Rule.ROOM_FOR_OTHERS) && created > 0 ? others.hidden(queue, created) : queue;
    }

    void watchGap(long now) {
        if (dropped.contains(Rule.READ_AFTER_GAP)) {
            watch = watch.at(now);
        } else {
            watch = WatchPosition.CLOSED;
            machine.watchGap();
        }
    }

    void timer(QueueTimer timer) {
        timers.remove(timer);
        machine.timer(timer);
    }

    // ---- leases

    void sessionLost(int lease, LockLostReason reason) {
        LeaseFence fence = Objects.requireNonNull(fences.get(lease));
        if (fence.isOver()) {
            return;
        }
        fence.end();
        for (Attempt attempt : List.copyOf(attempts.values())) {
            if (attempt.ticket().lease() == lease) {
                machine.lost(attempt.place(), reason, Optional.empty());
            }
        }
    }

    private LeaseFence openLease() {
        for (LeaseFence fence : fences.values()) {
            if (!fence.isOver()) {
                return fence;
            }
        }
        int lease = Renaming.lease(number, fences.size());
        LeaseFence fence = new LeaseFence(lease, Objects.requireNonNull(etcd).grant(lease));
        fences.put(lease, fence);
        return fence;
    }

    @Override
    public void reserve(long place, LocalRequest founder) {
        LeaseFence fence = openLease();
        Call.Ticket ticket = ticket(fence.lease, founder);
        attempts.put(place, Attempt.of(place, ticket));
        followUps.add(() -> {
            if (!machine.reserved(place, ticket.key())) {
                attempts.remove(place);
            }
        });
    }

    private Call.Ticket ticket(int lease, LocalRequest founder) {
        if (!dropped.contains(Rule.NEW_NAMES)) {
            names++;
        }
        return new Call.Ticket(Renaming.key(lease, names), founder.mode(), founder.retainNanos() > 0, lease);
    }

    // ---- commands

    Attempt attempt(long place) {
        return Objects.requireNonNull(attempts.get(place));
    }

    LeaseFence fence(Attempt attempt) {
        return Objects.requireNonNull(fences.get(attempt.ticket().lease()));
    }

    void send(Attempt attempt) {
        long fence = fence(attempt).known();
        outbox.add(
                attempt.unchangedSince() < 0
                        ? new Call.Enqueue(attempt.place(), attempt.ticket(), fence)
                        : new Call.Attempt(attempt.place(), attempt.ticket(), fence, attempt.unchangedSince()));
    }

    @Override
    public void enqueue(long place) {
        attempt(place, -1);
    }

    @Override
    public void attempt(long place, long unchangedSince) {
        Attempt attempt = attempt(place).trying(unchangedSince);
        attempts.put(place, attempt);
        send(attempt);
    }

    @Override
    public void giveUp(long place) {
        attempts.put(place, attempt(place).abandoned());
    }

    @Override
    public @Nullable String requeue(long place, long successor, LocalRequest founder) {
        Attempt old = attempt(place);
        if (!believesIn(old.ticket().lease())) {
            return null;
        }
        Call.Ticket ticket = ticket(old.ticket().lease(), founder);
        attempts.put(successor, Attempt.of(successor, ticket));
        outbox.add(new Call.Requeue(successor, old.key(), old.created(), ticket));
        return ticket.key();
    }

    @Override
    public void weaken(long place, PlaceMode mode) {
        Attempt weaker = attempt(place).in(mode);
        attempts.put(place, weaker);
        count();
        outbox.add(new Call.Weaken(place, weaker.key(), weaker.created(), mode));
    }

    @Override
    public void release(long place, boolean deferrable) {
        outbox.add(new Call.Release(place, attempt(place).key(), attempt(place).created()));
    }

    @Override
    public void close(long place) {
        Attempt attempt = attempt(place);
        if (dropped.contains(Rule.CLOSE_OF_TAINTED) && attempt.created() > 0) {
            release(place, false);
        } else {
            closeFence(new LeaseFence.Closing(place, attempt.key(), false));
        }
    }

    @Override
    public void settle(long place) {
        if (dropped.contains(Rule.SETTLE)) {
            followUps.add(() -> machine.settled(place));
        } else {
            closeFence(new LeaseFence.Closing(place, "", true));
        }
    }

    private void closeFence(LeaseFence.Closing closing) {
        fence(attempt(closing.place())).close(closing).ifPresent(outbox::add);
    }

    @Override
    public void vanished(long place) {
        followUps.add(() -> machine.lost(place, LockLostReason.FORCED, Optional.empty()));
    }

    @Override
    public void drop(long place) {
        attempts.remove(place);
    }

    @Override
    public void abandon(long place) {
        attempts.remove(place);
    }

    @Override
    public boolean prepare(long place, boolean first) {
        return believesIn(attempt(place).ticket().lease());
    }

    @Override
    public void readQueue() {
        outbox.add(new Call.Read());
    }

    @Override
    public long lingerNanos(long place) {
        return 1;
    }

    @Override
    public void openWatch() {
        watch = WatchPosition.ASKED;
        if (dropped.contains(Rule.FLOOR)) {
            followUps.add(() -> machine.watchLive(0));
        }
    }

    @Override
    public void closeWatch() {
        watch = WatchPosition.CLOSED;
    }

    @Override
    public void arm(QueueTimer timer, long nanos) {
        timers.add(timer);
    }

    @Override
    public void disarm(QueueTimer timer) {
        timers.remove(timer);
    }

    @Override
    public void queued(LocalRequest request) {
        // Only the requests' patience depends on it, which is part of the script here.
    }

    @Override
    public boolean grant(LocalRequest request, long place, int hold, PlaceMode mode) {
        for (int thread = 0; thread < threads.size(); thread++) {
            if (threads.get(thread).asksFor(request)) {
                threads.set(thread, threads.get(thread).holding(place, hold, mode));
                Attempt attempt = attempt(place);
                granted.add(new Granted(thread, attempt, hold, mode));
                if (attempt.othersSince() >= 0) {
                    attempts.put(place, attempt.othersSince(attempt.othersSince() + 1));
                }
                return true;
            }
        }
        return false;
    }

    @Override
    public void refuse(LocalRequest request) {
        end(request);
    }

    @Override
    public void fail(LocalRequest request, CoordinationException cause) {
        end(request);
    }

    @Override
    public void refuseUpgrade(LocalRequest request) {
        end(request);
    }

    @Override
    public void lose(long place, LockLostReason reason, Optional<Throwable> cause) {
        for (int thread = 0; thread < threads.size(); thread++) {
            if (threads.get(thread).holds(place)) {
                threads.set(thread, threads.get(thread).ended());
            }
        }
    }

    @Override
    public boolean retain(long place) {
        retaining = true;
        return true;
    }

    @Override
    public void retainNoLonger(long place) {
        retaining = false;
    }

    @Override
    public void retire() {
        retired = true;
    }

    /** All that decides about its future; worked out once, because most steps leave a process alone. */
    long[] flat(Renaming with) {
        return flat.of(with, this::row);
    }

    /** The same for processes that differ in nothing but their number. */
    long[] looks() {
        return looks.of(Renaming.seenFrom(number), this::row);
    }

    private long[] row(Renaming with) {
        Flattening flattening = new Flattening(with);
        flattening.add(machine.state()).add(attempts).add(timers).add(threads).add(watch);
        flattening.add(crashed).add(retaining).add(retired).add(names).add(others.entries());
        flattenLeases(flattening);
        return flattening.row();
    }

    /** What is left of a process of which nothing is wanted any more. */
    void flattenLeases(Flattening flattening) {
        fences.values().forEach(fence -> fence.flatten(flattening));
    }

    @Override
    public String toString() {
        return "process " + number + (crashed ? " crashed " : " ") + threads + " " + attempts.values() + " " + watch
                + " " + timers + " " + fences.values() + " machine " + machine.state();
    }
}
