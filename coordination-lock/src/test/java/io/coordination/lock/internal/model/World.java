package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.PlaceMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The server, the processes, and all that is under way between them. A step works on a copy of its own. */
final class World {

    final Set<Rule> dropped;
    final Set<Detail> details;
    final Etcd etcd;
    final List<Message> net;
    private final boolean alike;
    private final ModelClient[] clients;
    private final Map<Fault, Integer> faults;
    private Token highest = Token.NONE;
    private Token highestExclusive = Token.NONE;
    private @Nullable String complaint;

    World(Scenario scenario) {
        dropped = scenario.dropped();
        details = scenario.details();
        alike = scenario.processes().stream().distinct().count() == 1;
        etcd = new Etcd(dropped);
        net = new ArrayList<>();
        faults = new EnumMap<>(Fault.class);
        faults.putAll(scenario.faults());
        clients = new ModelClient[scenario.processes().size()];
        for (int number = 0; number < clients.length; number++) {
            clients[number] =
                    new ModelClient(number, dropped, scenario.processes().get(number));
            tell(number, client -> {});
        }
    }

    private World(World other) {
        dropped = other.dropped;
        details = other.details;
        alike = other.alike;
        etcd = other.etcd.copy();
        net = new ArrayList<>(other.net);
        clients = other.clients.clone();
        faults = new EnumMap<>(other.faults);
        highest = other.highest;
        highestExclusive = other.highestExclusive;
    }

    List<ModelClient> clients() {
        return List.of(clients);
    }

    /** Whether a key was taken away behind the back of its process. */
    boolean isTampered() {
        return etcd.isTampered();
    }

    @Nullable
    String complaint() {
        return complaint;
    }

    boolean may(Fault fault) {
        return faults.getOrDefault(fault, 0) > 0;
    }

    /** The world after something happened to the server or the net. */
    World after(Consumer<World> change) {
        World next = new World(this);
        change.accept(next);
        next.tidy();
        return next;
    }

    /** The world after a process was told something. */
    World after(int number, Consumer<ModelClient> input) {
        return after(next -> next.tell(number, input));
    }

    void spend(Fault fault) {
        faults.merge(fault, -1, Integer::sum);
    }

    void tell(int number, Consumer<ModelClient> input) {
        ModelClient client = clients[number].copy();
        clients[number] = client;
        client.digest(etcd, () -> {
            input.accept(client);
            if (!details.contains(Detail.LATE_ASKS)) {
                client.askAll();
            }
        });
        if (!details.contains(Detail.LATE_WATCHES)) {
            client.openWatch(etcd);
        }
        send(client);
        client.granted.forEach(granted -> granted(client, granted));
        client.granted.clear();
    }

    private void send(ModelClient client) {
        while (!client.outbox.isEmpty()) {
            Call call = client.outbox.remove(0);
            boolean reads = call instanceof Call.Read;
            if (details.contains(reads ? Detail.LATE_READS : Detail.LATE_CALLS)) {
                net.add(Message.of(client.number, call));
            } else {
                Answer answer = etcd.apply(call);
                answered(call, answer);
                if (!reads && isAnsweredLate(call)) {
                    net.add(Message.of(client.number, call).answered(answer));
                } else {
                    client.digest(etcd, () -> new ClientAnswers(client).answered(call, answer));
                }
            }
        }
    }

    /** Whether the answer to a call travels by itself. */
    boolean isAnsweredLate(Call call) {
        boolean deletes = call instanceof Call.Release || call instanceof Call.Weaken || call instanceof Call.Close;
        return !deletes || details.contains(Detail.LATE_ANSWERS);
    }

    /** Tokens grow from one exclusive holder to the next of any kind, and a reader's is above every earlier writer's. */
    private void granted(ModelClient client, Granted granted) {
        Attempt attempt = granted.attempt();
        Etcd.Stored stored = etcd.key(attempt.key());
        if (stored == null || stored.created() != attempt.created()) {
            if (granted.hold() == 0 && client.informed >= etcd.goneSince(attempt.key())) {
                complaint = "I1: process " + client.number + " is given a lock for " + attempt.key()
                        + ", which it should know to be gone";
            }
            return;
        }
        Token token = new Token(attempt.created(), granted.hold());
        boolean exclusive = granted.mode().equals(PlaceMode.EXCLUSIVE);
        if (!token.isAbove(exclusive ? highest : highestExclusive)) {
            complaint = "I2: process " + client.number + " was given token " + token + " after a higher one";
        }
        highest = token.isAbove(highest) ? token : highest;
        if (exclusive) {
            highestExclusive = token.isAbove(highestExclusive) ? token : highestExclusive;
        }
        int more = attempt.othersSince() + 1;
        int batch = client.threads.get(granted.thread()).wish().localBatch();
        if (attempt.othersSince() >= 0 && more > batch) {
            complaint = "I9: process " + client.number + " gives out hold " + more + " although others wait";
        }
    }

    /** Only who deleted the key may answer that it released it. */
    void answered(Call call, Answer answer) {
        if (call instanceof Call.Release release
                && answer.succeeded()
                && etcd.goneSince(release.key()) < answer.revision() + 1) {
            complaint =
                    "I10: a release of " + release.key() + " is said to have succeeded, which an operator had deleted";
        }
    }

    /** Whether a process has had all that it wanted, and nothing of it is left: it is not followed any further. */
    boolean isFinished(ModelClient client) {
        return client.isDone() && net.stream().noneMatch(message -> message.client() == client.number);
    }

    /** What cannot change anything any more is forgotten. */
    private void tidy() {
        net.removeIf(message -> message.ghost() && isHarmless(message.call()));
        long needed = etcd.revision();
        for (ModelClient client : clients) {
            if (client.watch.isFollowing() && !isFinished(client)) {
                needed = Math.min(needed, client.watch.seen());
            }
        }
        etcd.forgetUntil(needed);
    }

    private boolean isHarmless(Call call) {
        if (call instanceof Call.Enqueue enqueue) {
            return !etcd.fenceIs(enqueue.ticket().lease(), enqueue.fence());
        } else if (call instanceof Call.Attempt attempt) {
            return !etcd.fenceIs(attempt.ticket().lease(), attempt.fence());
        } else if (call instanceof Call.Close close) {
            return !etcd.hasLease(close.lease()) || !etcd.fenceIs(close.lease(), close.fence());
        } else if (call instanceof Call.Release release && !dropped.contains(Rule.GUARD_OF_RELEASE)) {
            return !etcd.isMadeAt(release.key(), release.revision());
        } else if (call instanceof Call.Requeue requeue && !dropped.contains(Rule.GUARD_OF_REQUEUE)) {
            return !etcd.isMadeAt(requeue.oldKey(), requeue.oldRevision());
        } else if (call instanceof Call.Weaken weaken) {
            return !etcd.isMadeAt(weaken.key(), weaken.revision());
        }
        return call instanceof Call.Read;
    }

    void digest(StateHash into) {
        Renaming renaming = alike ? Renaming.sorted(List.of(clients)) : Renaming.NONE;
        Flattening flattening = new Flattening(renaming);
        flattening.add(etcd.flat(renaming));
        for (ModelClient client : renaming.order(clients)) {
            if (isFinished(client)) {
                client.flattenLeases(flattening.add(-2));
            } else {
                flattening.add(client.flat(renaming));
                etcd.tampered().forEach(gone -> flattening.add(client.informed >= gone));
            }
        }
        flattening.addSorted(net).add(faults).add(complaint != null);
        addHighest(flattening, highest);
        addHighest(flattening, highestExclusive);
        flattening.digest(into);
    }

    /** Of a token that was given out only its order among those that can still be given out counts. */
    private void addHighest(Flattening flattening, Token token) {
        int hold = 0;
        int below = 0;
        for (Etcd.Stored stored : etcd.keys()) {
            if (stored.created() == token.created()) {
                hold = token.hold() + 1;
            } else if (stored.created() < token.created()) {
                below++;
            }
        }
        flattening.add(below).add(hold);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(etcd.toString());
        for (ModelClient client : clients) {
            text.append("\n     ").append(client);
        }
        return text.append("\n     under way ").append(net).toString();
    }
}
