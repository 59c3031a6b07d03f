package io.coordination.lock.internal;

import io.coordination.lock.admin.LockMode;
import io.coordination.lock.internal.LastingWait.Held;
import io.coordination.lock.internal.LastingWait.PlaceRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who waits for whom at one revision, from what processes published and from the queues themselves. Pure.
 *
 * <p>The nodes are owners, not processes: two threads of one process may well stand in two places of what looks like a cycle and
 * is none. A wait has an edge to every owner in its way: to those who hold by a key ahead that blocks it, to the first that
 * waits with such a key, because the queue is strict, and within its own process to those who hold by its own key or wait
 * with it before. What is published counts only while its key is in the queue. Semaphores have no edges: whoever waits
 * for permits waits for any holder.
 */
final class WaitGraph {

    private static final Comparator<Edge> ORDER = Comparator.comparing(Edge::to)
            .thenComparing(edge -> edge.place().key())
            .thenComparingInt(Edge::hold);

    private final List<LastingWait> waits = new ArrayList<>();
    private final Map<PlaceRef, StoredPlace> places = new HashMap<>();
    private final Map<String, List<StoredPlace>> queues = new HashMap<>();
    private final Map<String, List<LastingWait>> byOwner = new HashMap<>();
    private final Map<PlaceRef, List<LastingWait>> byPlace = new HashMap<>();
    private final Map<PlaceRef, Map<String, Held>> holders = new HashMap<>();

    /**
     * What is in the way of a wait.
     *
     * @param to the owner
     * @param place the key that the owner holds by or waits with
     * @param hold the number of its hold, -1 when it waits
     */
    record Edge(String to, PlaceRef place, int hold) {}

    /**
     * One wait of a cycle.
     *
     * @param owner who waits
     * @param place with which key
     * @param edge for whom, who is the owner of the next step
     */
    record Step(String owner, PlaceRef place, Edge edge) {}

    /**
     * The graph of one revision.
     *
     * @param published all waits that were published
     * @param stored the places of all queues that one of them waits in
     */
    WaitGraph(Collection<LastingWait> published, Collection<StoredPlace> stored) {
        for (StoredPlace place : stored) {
            places.put(new PlaceRef(place.key(), place.revision()), place);
            queues.computeIfAbsent(queueOf(place.key()), any -> new ArrayList<>())
                    .add(place);
        }
        published.stream().sorted(LastingWait.RANK).forEach(this::add);
    }

    private void add(LastingWait wait) {
        wait.h().stream()
                .filter(held -> places.containsKey(held.place()))
                .forEach(held -> holders.computeIfAbsent(held.place(), any -> new LinkedHashMap<>())
                        .put(wait.o(), held));
        if (places.containsKey(wait.place())) {
            waits.add(wait);
            byOwner.computeIfAbsent(wait.o(), any -> new ArrayList<>()).add(wait);
            byPlace.computeIfAbsent(wait.place(), any -> new ArrayList<>()).add(wait);
        }
    }

    /** The queue that a key belongs to: all up to its last segment. */
    static String queueOf(String key) {
        return key.substring(0, key.lastIndexOf('/') + 1);
    }

    /** The waits that count. */
    List<LastingWait> waits() {
        return List.copyOf(waits);
    }

    /** Everything in the way of a wait, each once. */
    List<Edge> edges(LastingWait wait) {
        StoredPlace mine = places.get(wait.place());
        if (mine == null || !hasEdges(mine)) {
            return List.of();
        }
        Set<Edge> edges = new HashSet<>();
        for (StoredPlace ahead : queues.getOrDefault(queueOf(wait.k()), List.of())) {
            if (hasEdges(ahead) && ahead.blocks(mine)) {
                PlaceRef place = new PlaceRef(ahead.key(), ahead.revision());
                addHolders(place, edges);
                addFirstWaiters(place, edges);
            }
        }
        if (wait.b()) {
            addHolders(wait.place(), edges);
        }
        byPlace.getOrDefault(wait.place(), List.of()).stream()
                .filter(other -> wait.a().contains(other.o()))
                .forEach(other -> edges.add(new Edge(other.o(), wait.place(), -1)));
        return edges.stream().sorted(ORDER).toList();
    }

    private static boolean hasEdges(StoredPlace place) {
        return place.mode() == LockMode.EXCLUSIVE || place.mode() == LockMode.SHARED;
    }

    private void addHolders(PlaceRef place, Set<Edge> edges) {
        holders.getOrDefault(place, Map.of()).forEach((owner, held) -> edges.add(new Edge(owner, place, held.j())));
    }

    /** Who waits behind others with a key need not have the lock by that key: those others stand for it. */
    private void addFirstWaiters(PlaceRef place, Set<Edge> edges) {
        byPlace.getOrDefault(place, List.of()).stream()
                .filter(wait -> !wait.b() && wait.a().isEmpty())
                .forEach(wait -> edges.add(new Edge(wait.o(), place, -1)));
    }

    /**
     * The shortest cycle in which a wait is the one to be given up, the one of the highest {@linkplain LastingWait#RANK rank}. Each
     * cycle has exactly one such wait, so each is found by exactly one process.
     *
     * @return the steps, beginning with the wait; empty when there is none
     */
    Optional<List<Step>> cycleToGiveUp(LastingWait victim) {
        Map<LastingWait, Step> reachedBy = new HashMap<>();
        Map<LastingWait, LastingWait> cameFrom = new HashMap<>();
        Deque<LastingWait> next = new ArrayDeque<>(List.of(victim));
        while (!next.isEmpty()) {
            LastingWait wait = next.remove();
            for (Edge edge : edges(wait)) {
                Step step = new Step(wait.o(), wait.place(), edge);
                if (edge.to().equals(victim.o())) {
                    return Optional.of(path(wait, step, reachedBy, cameFrom));
                }
                for (LastingWait further : byOwner.getOrDefault(edge.to(), List.of())) {
                    boolean below = LastingWait.RANK.compare(further, victim) < 0;
                    if (below && reachedBy.putIfAbsent(further, step) == null) {
                        cameFrom.put(further, wait);
                        next.add(further);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static List<Step> path(
            LastingWait last, Step closing, Map<LastingWait, Step> reachedBy, Map<LastingWait, LastingWait> cameFrom) {
        Deque<Step> steps = new ArrayDeque<>(List.of(closing));
        LastingWait wait = last;
        for (Step step = reachedBy.get(wait); step != null; step = reachedBy.get(wait)) {
            steps.addFirst(step);
            wait = cameFrom.get(wait);
        }
        return List.copyOf(steps);
    }
}
