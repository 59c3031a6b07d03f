package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.admin.LockMode;
import io.coordination.lock.internal.LastingWait.Held;
import io.coordination.lock.internal.LastingWait.PlaceRef;
import io.coordination.lock.internal.WaitGraph.Edge;
import io.coordination.lock.internal.WaitGraph.Step;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who waits for whom, which cycles there are, and which wait of one is given up. */
class WaitGraphTest {

    private final List<LastingWait> waits = new ArrayList<>();
    private final List<StoredPlace> places = new ArrayList<>();

    /** A key in the queue of a lock, made at a revision: {@code "L1@5"}; shared with {@code r}, permits with {@code p}. */
    private void place(String ref, String mode) {
        String value = "{\"m\":\"" + mode + "\"}";
        places.add(StoredPlace.of(new KeyValue(key(ref), Bytes.utf8(value), revision(ref), revision(ref), 1, 1)));
    }

    private void places(String... refs) {
        Arrays.stream(refs).forEach(ref -> place(ref, "w"));
    }

    private static String key(String ref) {
        return "/n/locks/" + ref.substring(0, ref.indexOf('@')) + "/00000000000000aa-" + revision(ref);
    }

    private static long revision(String ref) {
        return Long.parseLong(ref.substring(ref.indexOf('@') + 1));
    }

    private static Held held(String ref) {
        int hash = ref.indexOf('#');
        String place = hash < 0 ? ref : ref.substring(0, hash);
        return new Held(key(place), revision(place), hash < 0 ? 0 : Integer.parseInt(ref.substring(hash + 1)));
    }

    private LastingWait waiting(String owner, String ref, String... holds) {
        return add(new LastingWait(owner, owner, "node", key(ref), revision(ref), false, List.of(), held(holds)));
    }

    private LastingWait behindHolders(String owner, String ref, List<String> before, String... holds) {
        return add(new LastingWait(owner, owner, "node", key(ref), revision(ref), true, before, held(holds)));
    }

    private LastingWait behind(String owner, String ref, List<String> before, String... holds) {
        return add(new LastingWait(owner, owner, "node", key(ref), revision(ref), false, before, held(holds)));
    }

    private static List<Held> held(String... refs) {
        return Arrays.stream(refs).map(WaitGraphTest::held).toList();
    }

    private LastingWait add(LastingWait wait) {
        waits.add(wait);
        return wait;
    }

    private WaitGraph graph() {
        return new WaitGraph(waits, places);
    }

    private List<String> blockersOf(LastingWait wait) {
        return graph().edges(wait).stream().map(Edge::to).toList();
    }

    private static List<String> owners(Optional<List<Step>> cycle) {
        return cycle.orElseThrow().stream().map(Step::owner).toList();
    }

    private void assertNoDeadlock() {
        WaitGraph graph = graph();
        waits.forEach(wait -> assertThat(graph.cycleToGiveUp(wait)).isEmpty());
    }

    @Nested
    class Edges {

        @Test
        void goToTheHolderOfTheKeyAhead() {
            places("L@1", "L@2", "M@3", "M@4");
            LastingWait a = waiting("a", "M@4", "L@1#3");
            LastingWait b = waiting("b", "L@2");
            assertThat(graph().edges(b)).containsExactly(new Edge("a", new PlaceRef(key("L@1"), 1), 3));
            assertThat(blockersOf(a)).as("nobody is known to hold M@3").isEmpty();
        }

        @Test
        void goToWaitersAheadToo() {
            places("L@1", "L@2", "L@3", "M@4", "M@5");
            waiting("a", "M@5", "L@1");
            waiting("b", "L@2");
            LastingWait c = waiting("c", "L@3");
            assertThat(blockersOf(c)).containsExactly("a", "b");
        }

        @Test
        void neverGoToWaitersBehind() {
            places("L@1", "L@2", "L@3");
            LastingWait b = waiting("b", "L@2");
            waiting("c", "L@3");
            assertThat(blockersOf(b)).isEmpty();
        }

        @Test
        void goFromReadersToWritersOnly() {
            place("L@1", "r");
            place("L@2", "w");
            place("L@3", "r");
            places("M@4", "M@5", "M@6", "M@7");
            waiting("a", "M@5", "L@1");
            LastingWait b = waiting("b", "L@2");
            LastingWait c = waiting("c", "L@3");
            assertThat(blockersOf(b)).containsExactly("a");
            assertThat(blockersOf(c)).containsExactly("b");
        }

        @Test
        void goToAllWhoShareAPlace() {
            place("L@1", "r");
            places("L@2", "M@3", "M@4");
            waiting("a", "M@4", "L@1#0");
            behind("b", "M@4", List.of("a"), "L@1#1");
            LastingWait c = waiting("c", "L@2");
            assertThat(blockersOf(c)).containsExactly("a", "b");
        }

        @Test
        void doNotExistForSemaphores() {
            place("S@1", "p3");
            place("S@2", "p1");
            places("M@3", "M@4");
            waiting("a", "M@4", "S@1");
            LastingWait b = waiting("b", "S@2", "M@3");
            assertThat(blockersOf(b)).isEmpty();
            assertNoDeadlock();
        }

        @Test
        void doNotExistForModesOfLaterVersions() {
            place("S@1", "x");
            place("S@2", "w");
            places("M@3", "M@4");
            waiting("a", "M@4", "S@1");
            LastingWait b = waiting("b", "S@2", "M@3");
            assertThat(blockersOf(b)).isEmpty();
        }

        @Test
        void withinAProcessGoToWhoHoldsByTheSameKeyAndWhoComesBefore() {
            places("L@1", "M@2", "M@3");
            waiting("a", "M@3", "L@1#7");
            LastingWait b = behindHolders("b", "L@1", List.of());
            LastingWait c = behindHolders("c", "L@1", List.of("b", "unknown"));
            assertThat(blockersOf(b)).containsExactly("a");
            assertThat(blockersOf(c)).containsExactly("a", "b");
        }

        @Test
        void ofTheFirstOfAPlaceStandForThoseBehindIt() {
            places("L@1", "L@2");
            waiting("first", "L@1");
            behind("second", "L@1", List.of("first"));
            LastingWait other = waiting("other", "L@2");
            assertThat(blockersOf(other)).containsExactly("first");
        }

        @Test
        void needTheKeyInTheQueue() {
            places("L@2", "M@4");
            LastingWait gone = waiting("gone", "M@9", "L@2");
            LastingWait b = waiting("b", "L@2", "M@4");
            assertThat(graph().waits()).containsExactly(b);
            assertThat(graph().edges(gone)).isEmpty();
        }

        @Test
        void needTheVeryKeyThatWasPublished() {
            places("L@5", "L@6");
            add(new LastingWait(
                    "a", "a", "node", key("L@6"), 6, false, List.of(), List.of(new Held(key("L@5"), 4, 0))));
            LastingWait b = waiting("b", "L@6");
            assertThat(blockersOf(b))
                    .as("a key of that name that was made at another revision")
                    .isEmpty();
        }
    }

    @Nested
    class Cycles {

        @Test
        void ofTwoAreBrokenByTheYoungerWait() {
            places("L@1", "M@2", "M@3", "L@4");
            LastingWait a = waiting("a", "M@3", "L@1");
            LastingWait b = waiting("b", "L@4", "M@2");
            assertThat(graph().cycleToGiveUp(a)).isEmpty();
            assertThat(owners(graph().cycleToGiveUp(b))).containsExactly("b", "a");
        }

        @Test
        void ofThree() {
            places("K@1", "L@2", "M@3", "L@4", "M@5", "K@6");
            LastingWait a = waiting("a", "L@4", "K@1");
            LastingWait b = waiting("b", "M@5", "L@2");
            LastingWait c = waiting("c", "K@6", "M@3");
            assertThat(graph().cycleToGiveUp(a)).isEmpty();
            assertThat(graph().cycleToGiveUp(b)).isEmpty();
            assertThat(owners(graph().cycleToGiveUp(c))).containsExactly("c", "a", "b");
        }

        @Test
        void ofOneAreWaitsForOneself() {
            places("L@1");
            LastingWait again = behindHolders("a", "L@1", List.of(), "L@1");
            assertThat(owners(graph().cycleToGiveUp(again))).containsExactly("a");
        }

        @Test
        void ofProcessesAreNone() {
            // t1 and u1 hold, t2 and u2 wait: the processes wait for each other, their threads do not.
            places("L@1", "M@2", "M@3", "L@4");
            waiting("t2", "M@3");
            waiting("u2", "L@4");
            assertNoDeadlock();
        }

        @Test
        void goThroughWaitersAheadBecauseTheQueueIsStrict() {
            // c reads, as the holder a of L does, but the writer b is ahead of it, and b waits for c's M.
            place("L@1", "r");
            place("M@2", "w");
            place("L@3", "w");
            place("L@4", "r");
            place("K@5", "w");
            place("K@6", "w");
            waiting("a", "K@6", "L@1");
            LastingWait b = waiting("b", "L@3", "K@5");
            assertThat(owners(graph().cycleToGiveUp(waits.get(0)))).containsExactly("a", "b");
            assertThat(graph().cycleToGiveUp(b)).isEmpty();
        }

        @Test
        void throughAWaiterInFront() {
            // b waits behind a in L; a holds nothing of it, but comes first, and waits for b's M by another request.
            places("L@1", "L@2", "L@3", "M@4", "M@5");
            waiting("a", "L@2");
            LastingWait second = waiting("a", "M@5");
            waiting("b", "L@3", "M@4");
            assertThat(owners(graph().cycleToGiveUp(second))).containsExactly("a", "b");
        }

        @Test
        void behindWhichOthersWaitAreNotTheirs() {
            places("L@1", "M@2", "M@3", "L@4", "L@5");
            waiting("a", "M@3", "L@1");
            LastingWait b = waiting("b", "L@4", "M@2");
            LastingWait outside = waiting("c", "L@5");
            assertThat(graph().cycleToGiveUp(outside)).isEmpty();
            assertThat(graph().cycleToGiveUp(b)).isPresent();
        }

        @Test
        void thatShareAnOwnerAreEachBrokenOnce() {
            places("L@1", "M@2", "N@3", "M@4", "L@5", "N@6", "L@7");
            waiting("a", "M@4", "L@1");
            LastingWait twice = waiting("a", "N@6", "L@1");
            LastingWait b = waiting("b", "L@5", "M@2");
            LastingWait c = waiting("c", "L@7", "N@3");
            assertThat(owners(graph().cycleToGiveUp(b))).containsExactly("b", "a");
            assertThat(owners(graph().cycleToGiveUp(c))).containsExactly("c", "a");
            assertThat(graph().cycleToGiveUp(twice)).isEmpty();
        }

        @Test
        void areTheSameWhenPublishedInAnotherOrder() {
            places("L@1", "M@2", "M@3", "L@4");
            LastingWait b = waiting("b", "L@4", "M@2");
            waiting("a", "M@3", "L@1");
            Optional<List<Step>> one = graph().cycleToGiveUp(b);
            Collections.reverse(waits);
            Collections.reverse(places);
            assertThat(graph().cycleToGiveUp(b)).isEqualTo(one);
        }

        @Test
        void areOthersWithAnotherHold() {
            places("L@1", "M@2", "M@3", "L@4");
            LastingWait b = waiting("b", "L@4", "M@2");
            waiting("a", "M@3", "L@1#1");
            Optional<List<Step>> one = graph().cycleToGiveUp(b);
            waits.remove(1);
            waiting("a", "M@3", "L@1#2");
            assertThat(graph().cycleToGiveUp(b)).isPresent().isNotEqualTo(one);
        }
    }

    /** Every way in which three owners hold one lock each and may wait for one more, compared with a search of all paths. */
    @Nested
    class AllSmallCases {

        private static final List<String> OWNERS = List.of("a", "b", "c");
        private static final List<String> LOCKS = List.of("K", "L", "M");

        @Test
        void haveExactlyOneVictimForEachSimpleCycle() {
            int deadlocks = 0;
            // Who waits for which lock (3: for none), in which order they came, and whether they share.
            for (int targets = 0; targets < 64; targets++) {
                for (int order = 0; order < 6; order++) {
                    for (int modes = 0; modes < 8; modes++) {
                        deadlocks += check(targets, order, modes) ? 1 : 0;
                    }
                }
            }
            assertThat(deadlocks).isGreaterThan(300);
        }

        private boolean check(int targets, int order, int modes) {
            waits.clear();
            places.clear();
            for (int i = 0; i < 3; i++) {
                place(LOCKS.get(i) + "@" + (i + 1), (modes >> i & 1) == 0 ? "w" : "r");
            }
            List<Integer> turn = permutation(order);
            for (int position = 0; position < 3; position++) {
                int owner = turn.get(position);
                int target = targets >> (2 * owner) & 3;
                if (target < 3) {
                    String ref = LOCKS.get(target) + "@" + (10 + position);
                    place(ref, "w");
                    waiting(OWNERS.get(owner), ref, LOCKS.get(owner) + "@" + (owner + 1));
                }
            }
            return compare();
        }

        private List<Integer> permutation(int number) {
            List<Integer> left = new ArrayList<>(List.of(0, 1, 2));
            List<Integer> result = new ArrayList<>();
            result.add(left.remove(number / 2));
            result.add(left.remove(number % 2));
            result.add(left.get(0));
            return result;
        }

        /** A wait is to be given up exactly if it lies on a cycle of waits that all came before it. */
        private boolean compare() {
            WaitGraph graph = graph();
            boolean any = false;
            for (LastingWait wait : waits) {
                boolean expected = reaches(graph, wait, wait, new HashSet<>());
                Optional<List<Step>> cycle = graph.cycleToGiveUp(wait);
                assertThat(cycle.isPresent()).as("%s in %s", wait, waits).isEqualTo(expected);
                cycle.ifPresent(steps -> assertClosed(steps, wait));
                any |= expected;
            }
            return any;
        }

        private boolean reaches(WaitGraph graph, LastingWait from, LastingWait victim, Set<LastingWait> seen) {
            Map<String, LastingWait> waitOf = new HashMap<>();
            waits.forEach(wait -> waitOf.put(wait.o(), wait));
            for (Edge edge : graph.edges(from)) {
                if (edge.to().equals(victim.o())) {
                    return true;
                }
                LastingWait next = waitOf.get(edge.to());
                if (next != null && next.r() < victim.r() && seen.add(next) && reaches(graph, next, victim, seen)) {
                    return true;
                }
            }
            return false;
        }

        private void assertClosed(List<Step> steps, LastingWait victim) {
            assertThat(steps.get(0).owner()).isEqualTo(victim.o());
            for (int i = 0; i < steps.size(); i++) {
                assertThat(steps.get(i).edge().to())
                        .isEqualTo(steps.get((i + 1) % steps.size()).owner());
            }
            assertThat(steps).extracting(Step::owner).doesNotHaveDuplicates();
        }
    }

    @Nested
    class Stored {

        @Test
        void waitsAreReadAsTheyWereWritten() {
            LastingWait wait = behindHolders("a", "L@1", List.of("x"), "L@1#5");
            assertThat(wait.written().utf8())
                    .isEqualTo(
                            "{\"a\":[\"x\"],\"b\":true,\"h\":[{\"j\":5,\"k\":\"" + key("L@1") + "\",\"r\":1}],\"k\":\""
                                    + key("L@1") + "\",\"n\":\"a\",\"o\":\"a\",\"p\":\"node\",\"r\":1}");
            assertThat(LastingWait.read(wait.written())).contains(wait);
        }

        @Test
        void whatCannotBeReadIsNoWait() {
            assertThat(LastingWait.read(Bytes.utf8("{}"))).isEmpty();
            assertThat(
                            LastingWait.read(
                                    Bytes.utf8(
                                            "{\"o\":\"a\",\"n\":\"a\",\"p\":\"x\",\"k\":\"k\",\"r\":1,\"b\":false,\"a\":[null],\"h\":[]}")))
                    .isEmpty();
            assertThat(LastingWait.read(Bytes.utf8("nothing"))).isEmpty();
        }

        @Test
        void modesAreKnown() {
            place("L@1", "w");
            place("L@2", "p12");
            place("L@3", "p0");
            assertThat(places)
                    .extracting(StoredPlace::mode)
                    .containsExactly(LockMode.EXCLUSIVE, LockMode.PERMITS, LockMode.UNKNOWN);
            assertThat(places.get(1).permits()).isEqualTo(12);
        }
    }
}
