package io.coordination.store.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SessionEndTest {

    private static final SessionLoss EXPIRED = new SessionLoss(SessionLossReason.EXPIRED, Optional.empty());
    private static final SessionLoss CLOSED = new SessionLoss(SessionLossReason.CLOSED, Optional.empty());

    private final SessionEnd end = new SessionEnd();
    private final List<SessionLoss> heard = new ArrayList<>();

    @Test
    void eachListenerHearsOnceWhetherItCameBeforeOrAfter() {
        end.add(heard::add);
        assertThat(heard).isEmpty();

        end.come(EXPIRED);
        end.add(heard::add);

        assertThat(heard).containsExactly(EXPIRED, EXPIRED);
        assertThat(end.loss()).contains(EXPIRED);
    }

    @Test
    void onlyTheFirstEndCounts() {
        end.add(heard::add);

        end.come(EXPIRED);
        end.come(CLOSED);

        assertThat(heard).containsExactly(EXPIRED);
        assertThat(end.loss()).contains(EXPIRED);
    }

    @Test
    void aListenerThatLeftHearsNothing() {
        Watch watch = end.add(heard::add);

        watch.close();
        end.come(EXPIRED);

        assertThat(heard).isEmpty();
    }

    @Test
    void oneListenerAddedTwiceLeavesTwice() {
        Consumer<SessionLoss> listener = heard::add;
        Watch first = end.add(listener);
        end.add(listener);

        first.close();
        end.come(EXPIRED);

        assertThat(heard).containsExactly(EXPIRED);
    }

    @Test
    void aListenerThatThrowsHarmsNoOther() {
        for (int i = 0; i < 3; i++) {
            end.add(loss -> {
                throw new IllegalStateException("a failure on purpose");
            });
            end.add(heard::add);
        }

        end.come(EXPIRED);

        assertThat(heard).hasSize(3);
    }

    @Test
    void aListenerThatRacesWithTheEndHearsExactlyOnce() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            SessionEnd racing = new SessionEnd();
            AtomicInteger calls = new AtomicInteger();
            CompletableFuture<Void> ending = CompletableFuture.runAsync(() -> racing.come(EXPIRED));

            racing.add(loss -> calls.incrementAndGet());

            ending.get(20, TimeUnit.SECONDS);
            assertThat(calls).hasValue(1);
        }
    }
}
