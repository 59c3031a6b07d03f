package io.coordination.lock.internal.model;

import io.coordination.lock.LockLostReason;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.internal.queue.QueueChange;
import io.coordination.lock.internal.queue.QueueTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that processes with real queue machines, a net and a server can come to in one scenario. */
final class LockSpace implements StateSpace<World> {

    private final Scenario scenario;

    LockSpace(Scenario scenario) {
        this.scenario = scenario;
    }

    @Override
    public World initial() {
        return new World(scenario);
    }

    @Override
    public void digest(World world, StateHash into) {
        world.digest(into);
    }

    @Override
    public Optional<String> broken(World world) {
        return Invariants.broken(world).filter(this::isLookedFor);
    }

    @Override
    public Optional<String> brokenAtRest(World world) {
        return Invariants.brokenAtRest(world).filter(this::isLookedFor);
    }

    private boolean isLookedFor(String violation) {
        return violation.startsWith(scenario.only());
    }

    @Override
    public List<Step<World>> steps(World world) {
        List<Step<World>> steps = new ArrayList<>();
        for (int at = 0; at < world.net.size(); at++) {
            message(world, at, steps);
        }
        for (ModelClient client : world.clients()) {
            if (!client.crashed && !world.isFinished(client)) {
                threads(world, client, steps);
                watch(world, client, steps);
                timers(world, client, steps);
                if (world.may(Fault.CRASH)) {
                    steps.add(Step.possible(
                            () -> name(client, "crashes"), world.after(next -> crash(next, client.number))));
                }
            }
            leases(world, client, steps);
        }
        if (world.may(Fault.OPERATOR_DELETES)) {
            for (Etcd.Stored stored : world.etcd.keys()) {
                steps.add(Step.possible(() -> "an operator deletes " + stored.key(), world.after(next -> {
                    next.spend(Fault.OPERATOR_DELETES);
                    next.etcd.operatorDeletes(stored.key());
                })));
            }
        }
        return steps;
    }

    private static String name(ModelClient client, String what) {
        return "process " + client.number + " " + what;
    }

    // ---- the net

    private static void message(World world, int at, List<Step<World>> steps) {
        Message message = world.net.get(at);
        if (message.answer() != null) {
            steps.add(Step.certain(
                    () -> "process " + message.client() + " hears " + message.answer() + " to " + message.call(),
                    world.after(next -> {
                        next.net.remove(at);
                        next.tell(message.client(), heard(message.call(), message.answer()));
                    })));
        } else {
            Step<World> arrival = arrival(world, at, message);
            steps.add(message.ghost() ? Step.possible(arrival.name(), arrival.next()) : arrival);
        }
        if (!message.ghost()) {
            unanswered(world, at, message, Fault.LOST_ANSWER, steps);
            unanswered(world, at, message, Fault.END_OF_PATIENCE, steps);
        }
        if (message.answer() == null
                && !message.ghost()
                && mayArriveTwice(message.call())
                && world.may(Fault.DUPLICATE)) {
            steps.add(Step.possible(() -> message.call() + " is sent twice", world.after(next -> {
                next.spend(Fault.DUPLICATE);
                next.net.add(message.asGhost());
            })));
        }
    }

    private static Consumer<ModelClient> heard(Call call, @Nullable Answer answer) {
        return client -> new ClientAnswers(client).answered(call, Objects.requireNonNull(answer));
    }

    private static Step<World> arrival(World world, int at, Message message) {
        return Step.certain(() -> message + " arrives", world.after(next -> {
            Answer answer = next.etcd.apply(message.call());
            next.answered(message.call(), answer);
            next.net.remove(at);
            if (!message.ghost() && next.isAnsweredLate(message.call())) {
                next.net.add(at, message.answered(answer));
            } else if (!message.ghost()) {
                next.tell(message.client(), heard(message.call(), answer));
            }
        }));
    }

    private static boolean mayArriveTwice(Call call) {
        return !(call instanceof Call.Enqueue || call instanceof Call.Attempt || call instanceof Call.Read);
    }

    private static void unanswered(World world, int at, Message message, Fault fault, List<Step<World>> steps) {
        boolean enqueues = message.call() instanceof Call.Enqueue || message.call() instanceof Call.Attempt;
        if (!world.may(fault) || (fault == Fault.END_OF_PATIENCE && !enqueues)) {
            return;
        }
        String what = fault == Fault.LOST_ANSWER ? " gets no answer to " : " waits no longer for an answer to ";
        steps.add(Step.possible(() -> "process " + message.client() + what + message.call(), world.after(next -> {
            next.spend(fault);
            next.net.remove(at);
            if (message.answer() == null) {
                next.net.add(message.asGhost());
            }
            next.tell(
                    message.client(),
                    client -> new ClientAnswers(client).unanswered(message.call(), fault == Fault.END_OF_PATIENCE));
        })));
    }

    // ---- processes

    private static void threads(World world, ModelClient client, List<Step<World>> steps) {
        for (int number = 0; number < client.threads.size(); number++) {
            int thread = number;
            ModelThread state = client.threads.get(thread);
            switch (state.phase()) {
                case IDLE -> {
                    if (!state.isDone()) {
                        tell(world, client, () -> "asks: " + state.wish(), told -> told.submit(thread), steps);
                    }
                }
                case ASKING -> {
                    if (world.may(Fault.CANCEL)) {
                        steps.add(Step.possible(
                                () -> name(client, "thread " + thread + " gives up"), world.after(next -> {
                                    next.spend(Fault.CANCEL);
                                    next.tell(client.number, told -> told.cancel(thread));
                                })));
                    }
                }
                case CANCELLED ->
                    tell(
                            world,
                            client,
                            () -> "withdraws the request of thread " + thread,
                            told -> told.withdraw(thread),
                            steps);
                case HOLDING -> held(world, client, thread, state, steps);
            }
        }
    }

    private static void held(World world, ModelClient client, int thread, ModelThread state, List<Step<World>> steps) {
        tell(world, client, () -> "thread " + thread + " unlocks", told -> told.unlock(thread), steps);
        if (state.wish().downgrades() && state.mode().equals(PlaceMode.EXCLUSIVE)) {
            tell(world, client, () -> "thread " + thread + " downgrades", told -> told.downgrade(thread), steps);
        }
    }

    private static void tell(
            World world,
            ModelClient client,
            Supplier<String> what,
            Consumer<ModelClient> input,
            List<Step<World>> steps) {
        steps.add(Step.certain(() -> name(client, what.get()), world.after(client.number, input)));
    }

    private static void watch(World world, ModelClient client, List<Step<World>> steps) {
        WatchPosition watch = client.watch;
        if (watch.stage() == WatchPosition.Stage.ASKED) {
            steps.add(Step.certain(
                    () -> "the server opens the watch of process " + client.number,
                    world.after(client.number, told -> told.watch = WatchPosition.created(world.etcd.revision()))));
        } else if (watch.stage() == WatchPosition.Stage.CREATED) {
            tell(
                    world,
                    client,
                    () -> "hears that its watch is open after " + watch.seen(),
                    told -> {
                        told.watch = watch.live();
                        told.watchIsLive();
                    },
                    steps);
        } else if (watch.stage() == WatchPosition.Stage.LIVE) {
            events(world, client, steps);
        }
    }

    private static void events(World world, ModelClient client, List<Step<World>> steps) {
        Etcd.Revision revision = world.etcd.after(client.watch.seen());
        if (revision != null) {
            List<QueueChange> changes = revision.changes();
            tell(
                    world,
                    client,
                    () -> "hears of revision " + revision,
                    told -> {
                        told.watch = told.watch.at(revision.number());
                        told.watchChanged(revision.number(), changes);
                    },
                    steps);
        }
        if (world.may(Fault.GAP)) {
            steps.add(Step.possible(
                    () -> name(client, "misses events after " + client.watch.seen()), world.after(next -> {
                        next.spend(Fault.GAP);
                        next.tell(client.number, told -> told.watchGap(next.etcd.revision()));
                    })));
        }
    }

    private void timers(World world, ModelClient client, List<Step<World>> steps) {
        for (QueueTimer timer : client.timers) {
            if (scenario.timers().contains(timer)) {
                tell(world, client, () -> timer + " runs out", told -> told.timer(timer), steps);
            }
        }
    }

    private static void crash(World world, int number) {
        world.spend(Fault.CRASH);
        for (Message message : List.copyOf(world.net)) {
            if (message.client() == number) {
                world.net.remove(message);
                if (message.answer() == null) {
                    world.net.add(message.asGhost());
                }
            }
        }
        world.tell(number, ModelClient::crash);
    }

    // ---- leases

    private static void leases(World world, ModelClient client, List<Step<World>> steps) {
        for (LeaseFence fence : client.fences.values()) {
            boolean believed = client.believesIn(fence.lease);
            if (believed && world.may(Fault.SESSION_LOST)) {
                steps.add(Step.possible(() -> name(client, "loses lease " + fence.lease), world.after(next -> {
                    next.spend(Fault.SESSION_LOST);
                    boolean knows = !world.dropped.contains(Rule.LOST_BEFORE_EXPIRY);
                    if (knows) {
                        next.tell(client.number, told -> told.sessionLost(fence.lease, LockLostReason.EXPIRED));
                    } else {
                        next.etcd.expire(fence.lease);
                    }
                })));
            } else if (!believed && world.etcd.hasLease(fence.lease)) {
                steps.add(Step.certain(
                        () -> "lease " + fence.lease + " runs out",
                        world.after(next -> next.etcd.expire(fence.lease))));
            }
        }
    }
}
