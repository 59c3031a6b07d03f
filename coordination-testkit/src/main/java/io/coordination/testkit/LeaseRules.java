package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rules 7 to 9: leases, dead leases, and which key belongs to which lease. */
abstract class LeaseRules extends DataRules {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** etcd looks for expired leases twice a second, and a new leader gives every lease its full TTL again. */
    private static final Duration EXPIRY_TAKES = SHORT.multipliedBy(2).plusSeconds(4);

    private static Duration most(Duration ttl) {
        return ttl.multipliedBy(6).dividedBy(10);
    }

    private void passUntilGone(String name) {
        passUntil(EXPIRY_TAKES, () -> read(name).isEmpty());
    }

    @Nested
    @DisplayName("Rule 7: leases")
    class Rule07Leases {

        @Test
        void theGrantedTtlIsAtLeastTheOneAskedFor() {
            assertThat(get(store.grant(newLeaseId(), Duration.ofSeconds(1)))).isBetween(Duration.ofSeconds(1), LONG);
            assertThat(get(store.grant(newLeaseId(), Duration.ofSeconds(77)))).isBetween(Duration.ofSeconds(77), LONG);
        }

        @Test
        void aRenewalAnswersTheTtl() {
            long lease = newLeaseId();
            Duration granted = get(store.grant(lease, Duration.ofSeconds(30)));

            assertThat(get(store.renewOnce(lease, ANSWER))).isEqualTo(granted);
        }

        @Test
        void anIdThatExistsIsAConflict() {
            long lease = grant(LONG);

            assertRefused(openAnother().grant(lease, LONG), ErrorCode.CONFLICT);

            get(store.renewOnce(lease, ANSWER));
        }

        @Test
        void revokingDeletesAllKeysInOneRevision() {
            long lease = grant(LONG);
            putLeased("b", lease);
            putLeased("a", lease);
            long before = put("other", "1");
            RecordedWatch watch = watch(allKeys(), before);

            get(store.revoke(lease));

            assertThat(names()).containsExactly("other");
            assertKeysWentTogether(watch, before);
        }

        @Test
        void expiryDeletesAllKeysInOneRevision() {
            long lease = grant(SHORT);
            putLeased("a", lease);
            putLeased("b", lease);
            long before = put("other", "1");
            RecordedWatch watch = watch(allKeys(), before);

            passUntilGone("a");

            assertThat(names()).containsExactly("other");
            assertKeysWentTogether(watch, before);
            assertRefused(store.leaseKeys(lease), ErrorCode.NOT_FOUND);
        }

        private void assertKeysWentTogether(RecordedWatch watch, long before) {
            long fence = put("fence", "1");
            List<RecordedWatch.Seen> seen = watch.awaitRevision(fence);
            assertThat(seen).hasSize(3);
            assertThat(seen.get(0).revision()).isEqualTo(before);
            assertThat(seen.get(1).keys()).containsExactlyInAnyOrder(key("a"), key("b"));
        }

        @Test
        void aLeaseLivesItsTtlAfterItsLastRenewalAndThenEnds() {
            long lease = grant(SHORT);
            putLeased("key", lease);

            for (int renewal = 0; renewal < 2; renewal++) {
                pass(most(SHORT));
                get(store.renewOnce(lease, ANSWER));
            }
            pass(most(SHORT));
            assertThat(read("key")).isPresent();

            passUntilGone("key");
            assertRefused(store.renewOnce(lease, ANSWER), ErrorCode.NOT_FOUND);
        }

        @Test
        void writingAKeyDoesNotRenewItsLease() {
            long lease = grant(SHORT);
            putLeased("key", lease);
            pass(most(SHORT));
            putLeased("key", lease);

            passUntilGone("key");
        }

        @Test
        void leasesAndTheirKeysOutliveTheConnectionThatMadeThem() {
            Store other = openAnother();
            long lease = newLeaseId();
            get(other.grant(lease, LONG));
            get(other.txn(Txn.always(Op.put(key("key"), text("1"), lease))));

            other.close();

            assertThat(existing("key").lease()).isEqualTo(lease);
            get(store.renewOnce(lease, ANSWER));
            get(store.revoke(lease));
            assertThat(read("key")).isEmpty();
        }
    }

    @Nested
    @DisplayName("Rule 8: dead leases")
    class Rule08DeadLeases {

        @Test
        void aPutWithALeaseThatDoesNotExistAppliesNothingOfItsTransaction() {
            put("old", "1");
            Txn txn = Txn.always(
                    Op.put(key("first"), text("1"), 0),
                    Op.delete(key("old")),
                    Op.put(key("leased"), text("1"), newLeaseId()));

            assertRefused(store.txn(txn), ErrorCode.NOT_FOUND);

            assertThat(names()).containsExactly("old");
        }

        @Test
        void aDeadLeaseInTheOtherBranchDoesNoHarm() {
            Txn txn = Txn.when(Compare.absent(key("key")))
                    .then(Op.put(key("key"), text("1"), 0))
                    .orElse(Op.put(key("key"), text("2"), newLeaseId()));

            assertThat(get(store.txn(txn)).succeeded()).isTrue();
            assertRefused(store.txn(txn), ErrorCode.NOT_FOUND);

            assertThat(existing("key").value()).isEqualTo(text("1"));
        }

        @Test
        void aRevokedLeaseTakesNoMoreKeys() {
            long lease = grant(LONG);
            get(store.revoke(lease));

            assertRefused(store.txn(Txn.always(Op.put(key("key"), text("1"), lease))), ErrorCode.NOT_FOUND);
            assertThat(read("key")).isEmpty();
        }

        @Test
        void renewingOrListingADeadLeaseIsNotFound() {
            assertRefused(store.renewOnce(newLeaseId(), ANSWER), ErrorCode.NOT_FOUND);
            assertRefused(store.leaseKeys(newLeaseId()), ErrorCode.NOT_FOUND);
        }

        @Test
        void revokingADeadLeaseIsNoError() {
            long lease = grant(LONG);

            get(store.revoke(lease));
            get(store.revoke(lease));
            get(store.revoke(newLeaseId()));
        }
    }

    @Nested
    @DisplayName("Rule 9: attachment")
    class Rule09Attachment {

        @Test
        void aKeyBelongsToTheLeaseOfItsLastPut() {
            long first = grant(LONG);
            long second = grant(LONG);
            putLeased("key", first);
            putLeased("key", second);
            assertThat(existing("key").lease()).isEqualTo(second);
            assertThat(get(store.leaseKeys(first))).isEmpty();
            assertThat(get(store.leaseKeys(second))).containsExactly(key("key"));

            get(store.revoke(first));
            assertThat(read("key")).isPresent();
            get(store.revoke(second));
            assertThat(read("key")).isEmpty();
        }

        @Test
        void aPutWithoutALeaseDetachesTheKey() {
            long lease = grant(LONG);
            putLeased("key", lease);
            put("key", "free");
            assertThat(existing("key").lease()).isZero();
            assertThat(get(store.leaseKeys(lease))).isEmpty();

            get(store.revoke(lease));

            assertThat(existing("key").value()).isEqualTo(text("free"));
        }

        @Test
        void aPutThatIgnoresTheLeaseKeepsThePresentOne() {
            long lease = grant(LONG);
            putLeased("leased", lease);
            put("free", "old");

            txn(Op.putKeepingLease(key("leased"), text("new")), Op.putKeepingLease(key("free"), text("new")));

            assertThat(existing("leased").lease()).isEqualTo(lease);
            assertThat(existing("leased").value()).isEqualTo(text("new"));
            assertThat(existing("leased").version()).isEqualTo(2);
            assertThat(existing("free").lease()).isZero();
            get(store.revoke(lease));
            assertThat(names()).containsExactly("free");
        }

        @Test
        void aPutThatIgnoresTheLeaseNeedsTheKeyAndAppliesNothingWithoutIt() {
            Txn txn = Txn.always(Op.put(key("first"), text("1"), 0), Op.putKeepingLease(key("absent"), text("1")));

            assertRefused(store.txn(txn), ErrorCode.VALIDATION_ERROR);

            assertThat(names()).isEmpty();
        }

        @Test
        void aDeletedKeyBelongsToNoLease() {
            long lease = grant(LONG);
            putLeased("a", lease);
            putLeased("b", lease);
            delete("a");
            put("a", "again");

            assertThat(get(store.leaseKeys(lease))).containsExactly(key("b"));
            get(store.revoke(lease));
            assertThat(names()).containsExactly("a");
        }

        @Test
        void theLeaseOfAKeyCanBeComparedAndRead() {
            long lease = grant(LONG);
            putLeased("key", lease);

            Txn txn = Txn.when(Compare.leasedTo(key("key"), lease)).then(Op.get(RangeQuery.key(key("key"))));

            assertThat(get(store.txn(txn)).range(0).first().orElseThrow().lease())
                    .isEqualTo(lease);
        }
    }
}
