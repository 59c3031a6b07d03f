package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static io.coordination.etcd.Scripted.hang;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CallInstrumentationTest extends StoreOnFake {

    private static final RangeQuery QUERY = RangeQuery.key("/k");
    private static final Status BROKEN = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");

    private final HeardCalls heard = new HeardCalls();

    private Store openHeard() {
        return open(options -> options.instrumentation(heard));
    }

    private static Txn put(Delivery delivery) {
        return Txn.always(Op.put("/k", Bytes.utf8("v"), 0)).delivered(delivery);
    }

    private List<String> heard(String... events) {
        await().untilAsserted(() -> assertThat(heard.events).hasSizeGreaterThanOrEqualTo(events.length));
        assertThat(heard.events).containsExactly(events);
        return heard.events;
    }

    @Test
    void eachKindOfCallIsAskedForOnceAStore() {
        Store store = openHeard();
        get(store.range(QUERY));
        get(store.range(QUERY));

        assertThat(heard.asked).containsExactlyInAnyOrder("range", "txn", "grant", "renew", "revoke", "lease-keys");
    }

    @Test
    void everyKindOfCallEndsOnceWithItsTime() {
        Store store = openHeard();
        long began = System.nanoTime();
        get(store.range(QUERY));
        get(store.txn(put(Delivery.ONCE)));
        get(store.grant(1, Duration.ofSeconds(5)));
        get(store.renewOnce(1, Duration.ofSeconds(5)));
        get(store.leaseKeys(1));
        get(store.revoke(1));
        await().until(() -> heard.events.size() == 6);
        long passed = System.nanoTime() - began;

        heard("range OK 1", "txn OK 1", "grant OK 1", "renew OK 1", "lease-keys OK 1", "revoke OK 1");
        assertThat(heard.nanos).allMatch(nanos -> nanos > 0 && nanos < passed);
    }

    @Test
    void retriesAndTheirReasonsAreHeard() {
        etcd.range.script(fail(BROKEN), fail(Status.RESOURCE_EXHAUSTED), answer(RangeResponse.getDefaultInstance()));

        get(openHeard().range(QUERY));

        heard("range retried CONNECTION_ERROR", "range retried SERVICE_UNAVAILABLE", "range OK 3");
    }

    @Test
    void failuresAndUnknownOutcomesAreTold() {
        etcd.range.script(fail(Status.PERMISSION_DENIED));
        etcd.txn.script(fail(BROKEN));
        etcd.renew.script(answer(LeaseKeepAliveResponse.newBuilder().setTTL(0).build()));
        Store store = openHeard();

        failure(store.range(QUERY));
        failure(store.txn(put(Delivery.ONCE)));
        failure(store.renewOnce(1, Duration.ofSeconds(5)));

        heard("range FAILED 1", "txn UNKNOWN 1", "renew FAILED 1");
    }

    @Test
    void whatItsCallerGaveUpIsCancelled() {
        etcd.range.script(hang());
        CompletableFuture<?> call = openHeard().range(QUERY);
        await().until(() -> etcd.range.calls() == 1);

        call.cancel(true);

        heard("range CANCELLED 1");
    }

    @Test
    void whatTheCloseEndsIsToldToo() {
        etcd.range.script(hang());
        Store store = openHeard();
        store.range(QUERY);
        await().until(() -> etcd.range.calls() == 1);

        store.close();
        failure(store.range(QUERY));

        heard("range FAILED 1", "range FAILED 0");
    }

    @Test
    void aCallWhoseTurnDidNotComeWasHeldBackAndNeverSent() {
        etcd.range.script(hang());
        Store store = open(
                options -> options.instrumentation(heard).maxCallsInFlight(1).requestTimeout(Duration.ofMillis(500)));
        store.range(QUERY);

        failure(store.txn(put(Delivery.ONCE)));

        assertThat(heard.events).contains("txn TOO_MANY_IN_FLIGHT", "txn FAILED 0");
    }

    @Test
    void theBreakerAndWhatItHoldsBackAreHeard() {
        etcd.range.script(fail(BROKEN));
        Store store = openHeard();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> failure(store.range(QUERY)).code() == ErrorCode.SERVICE_UNAVAILABLE);

        failure(store.range(QUERY));

        assertThat(heard.events).containsOnlyOnce("breaker open").contains("range BREAKER_OPEN", "range FAILED 0");

        etcd.range.script(answer(RangeResponse.getDefaultInstance()));
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            store.range(QUERY).handle((result, failure) -> result).join();
            return heard.events.contains("breaker closed");
        });
    }

    @Test
    void theNumberOfCallsUnderWayFollowsThemAndEndsAtNone() {
        etcd.range.script(hang());
        Store store = open(options -> options.instrumentation(heard).maxCallsInFlight(2));
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(store.range(QUERY));
        }

        assertThat(heard.inFlight).containsExactly(1, 2, 3);
        calls.forEach(call -> call.cancel(true));
        assertThat(heard.inFlight).containsExactly(1, 2, 3, 2, 1, 0);
    }

    @Test
    void anInstrumentationThatThrowsHarmsNothing() {
        etcd.range.script(fail(BROKEN), answer(RangeResponse.getDefaultInstance()));
        Store store = open(options -> options.instrumentation(new Throwing()));

        get(store.range(QUERY));
        get(store.range(QUERY));
    }

    @Test
    void anInstrumentationThatCannotBeAskedHarmsNothing() {
        Store store = open(options -> options.instrumentation(new Instrumentation() {
            @Override
            public Calls calls(String operation) {
                throw new IllegalStateException("no " + operation);
            }

            @Override
            public Connections connections() {
                throw new AssertionError("no connections");
            }
        }));

        get(store.range(QUERY));
    }

    private static final class Throwing implements Instrumentation {
        @Override
        public Calls calls(String operation) {
            return new Calls() {
                @Override
                public void ended(Outcome outcome, int attempts, long nanos) {
                    throw new IllegalStateException("ended");
                }

                @Override
                public void retried(ErrorCode reason) {
                    throw new AssertionError("retried");
                }
            };
        }

        @Override
        public Connections connections() {
            return new Connections() {
                @Override
                public void inFlight(int calls) {
                    throw new IllegalStateException("in flight");
                }
            };
        }
    }
}
