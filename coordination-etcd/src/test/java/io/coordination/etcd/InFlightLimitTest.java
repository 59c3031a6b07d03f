package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class InFlightLimitTest {

    private final List<String> begun = new ArrayList<>();

    private InFlightLimit.Waiting waiting(String name) {
        return new InFlightLimit.Waiting() {
            @Override
            public boolean go() {
                return begun.add(name);
            }
        };
    }

    private static InFlightLimit full(int places) {
        InFlightLimit limit = new InFlightLimit(places);
        for (int i = 0; i < places; i++) {
            assertThat(limit.tryEnter()).isTrue();
        }
        return limit;
    }

    @Test
    void thereAreAsManyPlacesAsAllowed() {
        InFlightLimit limit = full(2);

        assertThat(limit.tryEnter()).isFalse();
        limit.leave();
        assertThat(limit.tryEnter()).isTrue();
        assertThat(limit.tryEnter()).isFalse();
    }

    @Test
    void placesThatComeFreeGoToTheLineInItsOrder() {
        InFlightLimit limit = full(1);
        limit.join(waiting("a"));
        limit.join(waiting("b"));

        limit.leave();
        assertThat(begun).containsExactly("a");
        assertThat(limit.tryEnter()).isFalse();
        limit.leave();
        assertThat(begun).containsExactly("a", "b");
        limit.leave();
        assertThat(limit.tryEnter()).isTrue();
    }

    @Test
    void nobodyOvertakesTheLine() {
        InFlightLimit limit = full(1);
        limit.join(waiting("a"));
        limit.join(waiting("b"));
        limit.leave();

        assertThat(limit.tryEnter()).as("with b in the line").isFalse();
    }

    @Test
    void whoJoinsWhileAPlaceIsFreeGetsIt() {
        InFlightLimit limit = new InFlightLimit(1);

        limit.join(waiting("a"));

        assertThat(begun).containsExactly("a");
        assertThat(limit.tryEnter()).isFalse();
    }

    @Test
    void whoWithdrewIsPassedOver() {
        InFlightLimit limit = full(1);
        InFlightLimit.Waiting a = waiting("a");
        limit.join(a);
        limit.join(waiting("b"));

        limit.withdraw(a);
        limit.withdraw(a);
        limit.leave();

        assertThat(begun).containsExactly("b");
    }

    @Test
    void aPlaceThatIsNotNeededGoesToTheNextWithoutDeepRecursion() {
        InFlightLimit limit = full(1);
        AtomicInteger refused = new AtomicInteger();
        for (int i = 0; i < 50_000; i++) {
            limit.join(new InFlightLimit.Waiting() {
                @Override
                public boolean go() {
                    refused.incrementAndGet();
                    return false;
                }
            });
        }

        limit.leave();

        assertThat(refused).hasValue(50_000);
        assertThat(limit.tryEnter()).isTrue();
    }

    @Test
    void theLineHasAnEnd() {
        InFlightLimit limit = new InFlightLimit(1, 2);
        assertThat(limit.tryEnter()).isTrue();

        assertThat(limit.join(waiting("a"))).isTrue();
        assertThat(limit.join(waiting("b"))).isTrue();
        assertThat(limit.join(waiting("c"))).isFalse();
    }

    @Test
    void afterTheCloseNobodyInTheLineBegins() {
        InFlightLimit limit = full(1);
        limit.join(waiting("a"));

        limit.close();
        limit.join(waiting("b"));
        limit.leave();

        assertThat(begun).isEmpty();
    }

    @Test
    void manyThreadsLoseNoPlaceAndNobodyWaitsForEver() throws Exception {
        InFlightLimit limit = new InFlightLimit(3);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            ends.add(end);
            Runnable visit = () -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                inside.decrementAndGet();
                end.complete(null);
                limit.leave();
            };
            threads.execute(() -> {
                if (limit.tryEnter()) {
                    visit.run();
                } else {
                    limit.join(() -> {
                        threads.execute(visit);
                        return true;
                    });
                }
            });
        }

        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get(50, TimeUnit.SECONDS);
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();

        assertThat(most.get()).isBetween(1, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(limit.tryEnter()).isTrue();
        }
        assertThat(limit.tryEnter()).isFalse();
    }
}
