package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.ConflictException;
import io.coordination.ErrorCode;
import io.coordination.lock.GuardedWrite;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockToolsContract} about writes that a lock guards. */
abstract class GuardRules extends LockAdapterRules {

    /** The namespace that {@link #connect()} must use. */
    protected static final String NAMESPACE = "lock-tools";

    /** The store under the coordinators; the test closes it. */
    protected abstract Store openStore();

    @Nested
    class Guards {

        private final String key = "/contract-data/" + name;

        private GuardedWrite write(String value) {
            return GuardedWrite.on(name).put(key, value.getBytes(StandardCharsets.UTF_8));
        }

        private String stored() {
            try (Store store = openStore()) {
                return result(store.range(RangeQuery.key(key)))
                        .first()
                        .map(entry -> entry.value().utf8())
                        .orElse("");
            }
        }

        @Test
        void letTheHolderWriteAllOrNothing() {
            LockHandle held = take(mine);
            long first = held.guard(write("one"));
            assertThat(stored()).isEqualTo("one");
            assertThat(held.guard(write("two").put(key + "/2", new byte[0]))).isGreaterThan(first);
            assertThat(stored()).isEqualTo("two");
            held.guard(GuardedWrite.on(name).delete(key).delete(key + "/2"));
            assertThat(stored()).isEmpty();
            held.unlock();
            assertFails(ErrorCode.CLOSED, () -> held.guard(write("three")));
        }

        @Test
        void followTheLockFromOwnerToOwner() {
            for (int round = 0; round < 3; round++) {
                LockHandle here = take(mine);
                here.guard(write("mine " + round));
                here.unlock();
                LockHandle there = take(other);
                there.guard(write("other " + round));
                there.unlock();
            }
            assertThat(stored()).isEqualTo("other 2");
        }

        /** What a paused process does: it believes in a lock that has gone to somebody else. */
        @Test
        void stopAHolderWhoseLockHasGoneToSomebodyElse() {
            LockHandle early = take(mine);
            LockHandle elsewhere = mine.lock().tryAcquire(name + "/2", TTL).orElseThrow();
            elsewhere.guard(write("a later token of another lock"));
            ConflictException conflict =
                    catchThrowableOfType(ConflictException.class, () -> early.guard(write("too late")));
            assertThat(conflict.greaterToken()).hasValue(elsewhere.fencingToken());
            assertThat(conflict.outcomeUnknown()).isFalse();
            assertThat(stored()).isEqualTo("a later token of another lock");
        }

        @Test
        void stopAHolderWhoseTtlHasPassed() {
            LockOptions fixed = LockOptions.builder().ttl(SHORT_TTL).fixedTtl().build();
            LockHandle gone = granted(mine.lock().acquireAsync(name, fixed));
            gone.guard(write("in time"));
            // isHeld() ends before the lease does, and until that ends the server takes writes.
            try (LockHandle next = granted(ask(other))) {
                assertFails(ErrorCode.LOCK_LOST, () -> gone.guard(write("too late")));
                assertThat(next.isHeld()).isTrue();
            }
            assertThat(stored()).isEqualTo("in time");
        }

        @Test
        void keepTheirHandsOffTheNamespace() {
            LockHandle held = take(mine);
            assertFails(
                    ErrorCode.VALIDATION_ERROR,
                    () -> held.guard(GuardedWrite.on(name).delete("/" + NAMESPACE + "/locks/x")));
            assertFails(ErrorCode.VALIDATION_ERROR, () -> GuardedWrite.on(""));
            assertFails(
                    ErrorCode.VALIDATION_ERROR,
                    () -> GuardedWrite.on("x").delete("a").put("a", new byte[0]));
        }
    }
}
