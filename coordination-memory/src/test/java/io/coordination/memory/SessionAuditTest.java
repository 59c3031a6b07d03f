package io.coordination.memory;

import static io.coordination.memory.SessionRig.NANO;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.entry;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.store.KeyValue;
import io.coordination.store.session.LeaseAudit;
import io.coordination.store.session.Session;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The audit itself, with a recipe that says what a test wants. */
class SessionAuditTest {

    private static final Duration PAST_AUDIT = TTL.plus(TTL.dividedBy(10));

    private final SessionRig rig = new SessionRig();
    private final List<String> heard = new ArrayList<>();
    private final Recipe recipe = new Recipe();
    private final Session session = audited();

    private Session audited() {
        Instrumentation recorder = new Instrumentation() {
            @Override
            public Sessions sessions(String name) {
                return new Instrumentation.Sessions() {
                    @Override
                    public void audited(int missing, int leftover) {
                        heard.add(missing + " missing, " + leftover + " left over");
                    }
                };
            }
        };
        Session opened = now(rig.sessions(rig.faulty, "locks", recorder).reserve(TTL));
        opened.audit(recipe);
        return opened;
    }

    private static final class Recipe implements LeaseAudit {

        private final Set<String> believed = new TreeSet<>();
        private final Set<String> underWay = new TreeSet<>();
        private final List<String> missed = new ArrayList<>();
        private final List<String> removed = new ArrayList<>();

        @Override
        public Set<String> believed() {
            return Set.copyOf(believed);
        }

        @Override
        public boolean knows(String key) {
            return believed.contains(key) || underWay.contains(key);
        }

        @Override
        public boolean missing(String key, Optional<KeyValue> found) {
            missed.add(key);
            return found.isEmpty();
        }

        @Override
        public CompletableFuture<?> remove(KeyValue leftover) {
            removed.add(leftover.key());
            return CompletableFuture.completedFuture(null);
        }
    }

    private void put(String key) {
        StoreCalls.putLeased(rig.memory, key, session.leaseId());
    }

    @Test
    void tellsMissingAndLeftoverKeysApart() {
        recipe.believed.addAll(Set.of("/there", "/gone"));
        recipe.underWay.add("/coming");
        List.of("/there", "/coming", "/ghost").forEach(this::put);

        rig.time.advance(PAST_AUDIT);

        assertThat(recipe.missed).containsExactly("/gone");
        assertThat(recipe.removed).containsExactly("/ghost");
        assertThat(heard).containsExactly("1 missing, 1 left over");
    }

    @Test
    void sparesTheKeysOfTheSessionItself() {
        put(rig.keys.sessionKey(session.leaseId()) + "/mail");

        rig.time.advance(PAST_AUDIT);

        assertThat(recipe.removed).isEmpty();
        assertThat(heard).containsExactly("0 missing, 0 left over");
    }

    @Test
    void asksForWhatIsBelievedBeforeTheQuestionIsSent() {
        rig.faulty.onNext(StoreCall.LeaseKeys.class).runBeforeAnswer(() -> {
            put("/new");
            recipe.believed.add("/new");
        });

        rig.time.advance(PAST_AUDIT);

        assertThat(recipe.missed).isEmpty();
    }

    @Test
    void doesNotRemoveWhatMovedToAnotherLease() {
        put("/moved");
        HeldCalls list = rig.faulty.onNext(StoreCall.LeaseKeys.class).holdAnswer();
        rig.time.advance(PAST_AUDIT);

        StoreCalls.put(rig.memory, "/moved", "1");
        list.release();

        assertThat(recipe.removed).isEmpty();
        assertThat(entry(rig.memory, "/moved")).isPresent();
    }

    @Test
    void doesNothingWhenTheReadsFail() {
        recipe.believed.add("/gone");
        put("/ghost");
        rig.faulty.onEvery(StoreCall.Range.class).loseRequest();

        rig.time.advance(PAST_AUDIT);

        assertThat(recipe.missed).isEmpty();
        assertThat(recipe.removed).isEmpty();
    }

    @Test
    void comesAfterOneTtlAndThenEveryTtl() {
        rig.time.advance(TTL.minus(NANO));
        assertThat(heard).isEmpty();

        rig.time.advance(TTL.multipliedBy(10));

        assertThat(heard).hasSizeBetween(9, 10);
    }

    @Test
    void asksForARenewalWhenTheLeaseIsUnknown() {
        rig.time.advance(TTL.minusSeconds(1));
        long before = rig.count(StoreCall.Renewal.class);
        rig.faulty
                .onNext(StoreCall.LeaseKeys.class)
                .refuse(CoordinationException.of(ErrorCode.NOT_FOUND, "no such lease, because a test wants it so"));
        session.renewNow();
        Duration untilNextByItself = TTL.dividedBy(5);

        rig.time.advance(untilNextByItself.minus(Duration.ofSeconds(2)));

        assertThat(rig.count(StoreCall.Renewal.class)).isEqualTo(before + 2);
        assertThat(session.isValid()).isTrue();
    }

    @Test
    void endsWithTheSession() {
        HeldCalls list = rig.faulty.onNext(StoreCall.LeaseKeys.class).holdAnswer();
        put("/ghost");
        rig.time.advance(PAST_AUDIT);

        session.keyIsGone();
        list.release();
        rig.time.advance(TTL.multipliedBy(3));

        assertThat(heard).isEmpty();
        assertThat(recipe.removed).isEmpty();
        assertThat(rig.count(StoreCall.LeaseKeys.class)).isEqualTo(1);
    }

    @Test
    void isMadeForOneRecipe() {
        session.audit(new Recipe());

        rig.time.advance(PAST_AUDIT);

        assertThat(rig.count(StoreCall.LeaseKeys.class)).isEqualTo(1);
    }
}
