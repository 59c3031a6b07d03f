package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a user may rely on with {@link DistributedLock}, as tests that see nothing but coordinators.
 *
 * <p>A subclass says how to {@link #connect()} one more coordinator to one and the same store. Every test uses a lock of its
 * own and two coordinators or more, which stand for as many processes.
 */
@Timeout(60)
public abstract class LockContract extends LockDeadlockRules {

    /** For subclasses. */
    protected LockContract() {}

    private static CompletableFuture<LockLost> loss(LockHandle handle) {
        return handle.lost().toCompletableFuture();
    }

    @Nested
    class Tokens {

        @Test
        void growFromHolderToHolder() {
            List<Long> tokens = new ArrayList<>();
            for (Coordinator next : List.of(mine, mine, other, another(), mine)) {
                LockHandle held = take(next);
                tokens.add(held.fencingToken());
                held.unlock();
            }
            assertThat(tokens).isSorted().doesNotHaveDuplicates().allMatch(token -> token > 0);
        }

        @Test
        void growWhenTheLockGoesToAWaiter() {
            LockHandle first = take(mine);
            CompletableFuture<LockHandle> local = ask(mine);
            first.close();
            LockHandle second = granted(local);
            CompletableFuture<LockHandle> remote = ask(other);
            second.close();
            assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
            assertThat(granted(remote).fencingToken()).isGreaterThan(second.fencingToken());
        }

        @Test
        void stayTheSameForTheLifeOfAHandle() {
            LockHandle held = take(mine);
            long token = held.fencingToken();
            held.renew();
            held.renew(TTL.plusSeconds(5));
            assertThat(held.fencingToken()).isEqualTo(token);
            held.close();
            assertThat(held.fencingToken()).isEqualTo(token);
        }
    }

    @Nested
    class Releasing {

        @Test
        void isTrueOnce() {
            LockHandle held = take(mine);
            assertThat(held.unlock()).isTrue();
            assertThat(held.unlock()).isFalse();
            assertThat(held.isHeld()).isFalse();
            assertThat(held.remaining()).isZero();
        }

        @Test
        void byCloseEndsTheHoldAtOnceAndFreesTheLockSoon() {
            LockHandle held = take(mine);
            held.close();
            held.close();
            assertThat(held.isHeld()).isFalse();
            assertThat(held.unlock()).isFalse();
            assertGetsFree();
        }

        @Test
        void isTrueWhenALocalRequestTakesOver() {
            LockHandle held = take(mine);
            CompletableFuture<LockHandle> next = ask(mine);
            assertThat(held.unlock()).isTrue();
            granted(next).close();
        }

        @Test
        void ofAnEarlierHoldDoesNotTouchALaterOne() {
            LockHandle first = take(mine);
            first.unlock();
            LockHandle second = take(other);
            first.close();
            assertThat(first.unlock()).isFalse();
            assertThat(second.isHeld()).isTrue();
            assertThat(mine.lock().tryAcquire(name, TTL)).isEmpty();
        }

        @Test
        void worksOnAnyThreadAndOnAnInterruptedOne() {
            LockHandle held = take(mine);
            BlockedCall<Boolean> unlocking = new BlockedCall<>(() -> {
                Thread.currentThread().interrupt();
                return held.unlock();
            });
            assertThat(unlocking.result()).isTrue();
            assertThat(unlocking.isInterruptedAfterwards()).isTrue();
            assertThat(other.lock().tryAcquire(name, TTL)).isPresent();
        }

        @Test
        void isNoLoss() {
            LockHandle held = take(mine);
            CompletableFuture<LockLost> loss = loss(held);
            held.unlock();
            mine.close();
            assertThat(loss).isNotDone();
        }
    }

    @Nested
    class Names {

        @ParameterizedTest
        @ValueSource(strings = {"/", "/b", "..", ".", " b", "ü", "🔒", "%2F", "*", "!limit", "a\"b", "\\"})
        void anyTextIsANameOfItsOwn(String text) {
            String special = name + text + "x";
            LockHandle held = mine.lock().tryAcquire(special, TTL).orElseThrow();
            assertThat(held.key()).isEqualTo(special);
            assertThat(other.lock().tryAcquire(special, TTL)).isEmpty();
            assertThat(other.lock().tryAcquire(name, TTL)).isPresent();
            assertThat(other.lock().tryAcquire(name + text, TTL)).isPresent();
        }

        @ParameterizedTest
        @ValueSource(strings = {".", "..", "/", "//", "🔒"})
        void shortOnesToo(String text) {
            LockHandle held = mine.lock().tryAcquire(text, TTL).orElseThrow();
            assertThat(other.lock().tryAcquire(text, TTL)).isEmpty();
            assertThat(held.unlock()).isTrue();
        }

        @Test
        void theLongestHave512Bytes() {
            String longest = name + "x".repeat(512 - name.length());
            assertThat(mine.lock().tryAcquire(longest, TTL)).isPresent();
            assertThat(other.lock().tryAcquire(longest, TTL)).isEmpty();
        }

        @Test
        void modulesHaveTheirOwn() {
            take(mine);
            LockHandle billing = take(mine.module("billing"));
            assertThat(mine.module("orders").lock().tryAcquire(name, TTL)).isPresent();
            assertThat(other.module("billing").lock().tryAcquire(name, TTL)).isEmpty();
            assertThat(billing.unlock()).isTrue();
            assertThat(other.module("billing").lock().tryAcquire(name, TTL)).isPresent();
        }
    }

    /** Arguments that no method takes; the message names the parameter. */
    @Nested
    @SuppressWarnings("NullAway") // what happens to null is the question here
    class BadArguments {

        @ParameterizedTest
        @NullSource
        @ValueSource(strings = {"", " ", " leading", "trailing\t", "line\nbreak", "half \ud83d pair"})
        void aBadNameIsRefusedByEveryMethod(String bad) {
            DistributedLock locks = mine.lock();
            assertRefused("key", () -> locks.acquire(bad, TTL));
            assertRefused("key", () -> locks.acquire(bad, options()));
            assertRefused("key", () -> locks.tryAcquire(bad, TTL));
            assertRefused("key", () -> locks.tryAcquire(bad, options()));
            assertFails(ErrorCode.VALIDATION_ERROR, locks.acquireAsync(bad, options()));
            assertFails(ErrorCode.VALIDATION_ERROR, locks.tryAcquireAsync(bad, options()));
        }

        @ParameterizedTest
        @ValueSource(ints = {513, 10_240})
        void aLongNameIsRefused(int length) {
            assertRefused("key", () -> mine.lock().tryAcquire("x".repeat(length), TTL));
        }

        @ParameterizedTest
        @NullSource
        @ValueSource(strings = {"PT0S", "PT-10S", "PT1S", "PT25H", "PT2562047788015215H"})
        void aBadTtlIsRefusedByEveryMethod(Duration bad) {
            assertRefused("ttl", () -> mine.lock().acquire(name, bad));
            assertRefused("ttl", () -> mine.lock().tryAcquire(name, bad));
            LockHandle held = take(mine);
            assertRefused("ttl", () -> held.renew(bad));
            assertThat(held.isHeld()).isTrue();
        }

        @Test
        void missingOptionsAreRefused() {
            LockOptions none = null;
            assertRefused("options", () -> mine.lock().acquire(name, none));
            assertRefused("options", () -> mine.lock().tryAcquire(name, none));
            assertFails(ErrorCode.VALIDATION_ERROR, mine.lock().acquireAsync(name, none));
            assertFails(ErrorCode.VALIDATION_ERROR, mine.lock().tryAcquireAsync(name, none));
        }
    }

    private static void assertRefused(String parameter, ThrowingCallable call) {
        assertThatThrownBy(call).satisfies(hasCode(ErrorCode.VALIDATION_ERROR)).hasMessageContaining(parameter);
    }

    @Nested
    class Time {

        @Test
        void theTtlIsWhatWasAskedForInWholeSeconds() {
            LockHandle held =
                    mine.lock().tryAcquire(name, Duration.ofMillis(9_001)).orElseThrow();
            assertThat(held.ttl()).isEqualTo(TTL);
            assertThat(held.remaining()).isBetween(TTL.dividedBy(2), TTL);
        }

        @Test
        void renewingCountsFromTheCall() {
            LockHandle held = take(mine);
            Duration before = held.remaining();
            await().until(() -> held.remaining().compareTo(before.minusMillis(200)) < 0);
            held.renew();
            assertThat(held.remaining()).isGreaterThan(before.minusMillis(200));
        }

        @Test
        void renewingWithAnotherTtlKeepsTheLock() {
            LockHandle held = take(mine);
            held.renew(Duration.ofSeconds(60));
            assertThat(held.ttl()).isEqualTo(Duration.ofSeconds(60));
            assertThat(held.remaining()).isGreaterThan(TTL);
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            assertThat(held.unlock()).isTrue();
            assertThat(other.lock().tryAcquire(name, TTL)).isPresent();
        }

        @Test
        void aReleasedLockCannotBeRenewed() {
            LockHandle held = take(mine);
            held.unlock();
            assertFails(ErrorCode.CLOSED, held::renew);
            assertFails(ErrorCode.CLOSED, () -> held.renew(TTL));
        }

        @Test
        void aHeldLockRenewsItself() {
            LockHandle held = mine.lock().tryAcquire(name, SHORT_TTL).orElseThrow();
            CompletableFuture<LockHandle> waiting = ask(other);
            await().during(SHORT_TTL.multipliedBy(2))
                    .atMost(SHORT_TTL.multipliedBy(3))
                    .until(() -> held.isHeld() && !waiting.isDone());
            held.close();
            granted(waiting).close();
        }

        @Test
        void aFixedTtlEndsByItself() {
            LockOptions fixed = LockOptions.builder().ttl(SHORT_TTL).fixedTtl().build();
            LockHandle held = granted(mine.lock().acquireAsync(name, fixed));
            CompletableFuture<LockLost> loss = loss(held);
            LockHandle next = result(ask(other).orTimeout(20, TimeUnit.SECONDS));
            assertThat(held.isHeld()).isFalse();
            assertThat(result(loss).reason()).isEqualTo(LockLostReason.EXPIRED);
            assertThat(result(loss).fencingToken())
                    .isEqualTo(held.fencingToken())
                    .isLessThan(next.fencingToken());
            assertThat(held.unlock()).isFalse();
        }

        @Test
        void aFixedTtlOutlivesItsCoordinator() {
            LockOptions fixed = LockOptions.builder().ttl(SHORT_TTL).fixedTtl().build();
            LockHandle held = granted(mine.lock().acquireAsync(name, fixed));
            mine.close();
            assertThat(held.isHeld()).isFalse();
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            granted(ask(other)).close();
        }
    }

    @Nested
    class Closing {

        @Test
        void freesItsLocksAtOnceAndTellsTheirHolders() {
            LockHandle held = take(mine);
            CompletableFuture<LockLost> loss = loss(held);
            mine.close();
            assertThat(other.lock().tryAcquire(name, TTL)).isPresent();
            assertThat(held.isHeld()).isFalse();
            assertThat(held.unlock()).isFalse();
            assertThat(result(loss).reason()).isEqualTo(LockLostReason.CLOSED);
            assertThat(result(loss).key()).isEqualTo(name);
        }

        @Test
        void endsTheWaitsOfItsUsers() {
            LockHandle held = take(other);
            CompletableFuture<LockHandle> waiting = ask(mine);
            BlockedCall<LockHandle> blocked = blocked(mine.lock(), name);
            mine.close();
            assertFails(ErrorCode.CLOSED, waiting);
            assertThat(blocked.failure()).satisfies(hasCode(ErrorCode.CLOSED));
            assertThat(held.isHeld()).isTrue();
            held.unlock();
            assertThat(other.lock().tryAcquire(name, TTL)).as("no key is left").isPresent();
        }

        @Test
        void givesTheLockToWhoWaitsElsewhere() {
            take(mine);
            CompletableFuture<LockHandle> waiting = ask(other);
            mine.close();
            granted(waiting).close();
        }

        @Test
        void refusesWhatComesAfterwards() {
            DistributedLock locks = mine.lock();
            mine.close();
            assertFails(ErrorCode.CLOSED, () -> mine.lock());
            assertFails(ErrorCode.CLOSED, () -> locks.acquire(name, TTL));
            assertFails(ErrorCode.CLOSED, () -> locks.tryAcquire(name, TTL));
            assertFails(ErrorCode.CLOSED, locks.acquireAsync(name, options()));
            assertThat(other.lock().tryAcquire(name, TTL)).isPresent();
        }

        @Test
        void ofAModuleReleasesItsLocksOnly() {
            LockHandle held = take(mine);
            LockHandle inModule = take(mine.module("billing"));
            mine.module("billing").close();
            assertThat(inModule.isHeld()).isFalse();
            assertThat(held.isHeld()).isTrue();
            assertThat(other.module("billing").lock().tryAcquire(name, TTL)).isPresent();
            assertThat(mine.module("billing").lock().tryAcquire(name, TTL)).isEmpty();
        }
    }
}
