package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LeaseCallsTest extends StoreOnFake {

    private static final Status BROKEN = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");
    private static final Status NO_LEASE = Status.NOT_FOUND.withDescription("etcdserver: requested lease not found");
    private static final Status LEASE_EXISTS =
            Status.FAILED_PRECONDITION.withDescription("etcdserver: lease already exists");

    @Test
    void aGrantAsksForWholeSecondsAndAnswersWhatWasGranted() {
        etcd.grant.script(answer(LeaseGrantResponse.newBuilder().setTTL(9).build()));

        assertThat(get(open().grant(5, Duration.ofMillis(2001)))).isEqualTo(Duration.ofSeconds(9));

        assertThat(etcd.grant.requests().get(0).getTTL()).isEqualTo(3);
        assertThat(etcd.grant.requests().get(0).getID()).isEqualTo(5);
    }

    @Test
    void aLeaseThatExistsIsAConflict() {
        etcd.grant.script(fail(LEASE_EXISTS));

        CoordinationException failure = failure(open().grant(5, Duration.ofSeconds(5)));

        assertThat(failure.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(etcd.renew.calls()).isZero();
    }

    @Test
    void aLeaseThatExistsAfterALostAnswerIsTheOneAskedFor() {
        etcd.grant.script(fail(BROKEN), fail(LEASE_EXISTS));
        etcd.renew.script(answer(LeaseKeepAliveResponse.newBuilder().setTTL(7).build()));

        assertThat(get(open().grant(5, Duration.ofSeconds(5)))).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aRenewalAnswersTheTtlAndRequiresALeader() {
        etcd.renew.script(answer(LeaseKeepAliveResponse.newBuilder().setTTL(7).build()));

        assertThat(get(open().renewOnce(5, Duration.ofSeconds(2)))).isEqualTo(Duration.ofSeconds(7));

        assertThat(etcd.header(CallHeaders.HAS_LEADER)).containsExactly("true");
    }

    @Test
    void aRenewalWithoutTtlMeansThatTheLeaseIsGone() {
        etcd.renew.script(
                answer(LeaseKeepAliveResponse.newBuilder().setID(5).setTTL(0).build()));

        CoordinationException failure = failure(open().renewOnce(5, Duration.ofSeconds(2)));

        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(failure).hasMessageContaining("0000000000000005");
        assertThat(etcd.renew.calls()).isEqualTo(1);
    }

    @Test
    void aRenewalThatFailsIsRepeatedWithinItsTime() {
        etcd.renew.script(
                fail(BROKEN),
                answer(LeaseKeepAliveResponse.newBuilder().setTTL(7).build()));

        assertThat(get(open().renewOnce(5, Duration.ofSeconds(2)))).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void revokingALeaseThatIsGoneIsNoError() {
        etcd.revoke.script(fail(NO_LEASE));

        assertThat(get(open().revoke(5))).isNull();
    }

    @Test
    void otherFailuresOfARevocationAreTold() {
        etcd.revoke.script(fail(Status.PERMISSION_DENIED));

        assertThat(failure(open().revoke(5)).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
    }

    @Test
    void theKeysOfALeaseThatIsGoneAreNotFound() {
        etcd.leaseKeys.script(
                answer(LeaseTimeToLiveResponse.newBuilder().setTTL(-1).build()));

        assertThat(failure(open().leaseKeys(5)).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void anIdThatIsNotPositiveIsRefused() {
        assertThatThrownBy(() -> open().grant(0, Duration.ofSeconds(5)))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("leaseId is 0");
    }
}
