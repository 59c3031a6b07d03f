package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class EtcdErrorsTest {

    private final EtcdErrors errors =
            new EtcdErrors(List.of(Endpoint.parse("http://a:1"), Endpoint.parse("http://b:2")));

    private final EtcdErrors overTls = new EtcdErrors(List.of(Endpoint.parse("https://a:1")));

    private CoordinationException of(Status status) {
        return errors.of("txn '/k'", true, status, true);
    }

    @ParameterizedTest(name = "{0} {1} is {2}, outcome unknown: {3}, retryable: {4}")
    @CsvSource(delimiter = '|', textBlock = """
        NOT_FOUND           | etcdserver: requested lease not found                                   | NOT_FOUND           | false | false
        FAILED_PRECONDITION | etcdserver: lease already exists                                        | CONFLICT            | false | false
        FAILED_PRECONDITION | etcdserver: authentication is not enabled                               | INVALID_STATE       | false | false
        ALREADY_EXISTS      | etcdserver: something exists                                            | CONFLICT            | false | false
        OUT_OF_RANGE        | etcdserver: mvcc: required revision has been compacted                  | NOT_FOUND           | false | false
        OUT_OF_RANGE        | etcdserver: mvcc: required revision is a future revision                | SERVICE_UNAVAILABLE | false | true
        OUT_OF_RANGE        | etcdserver: too large lease TTL                                         | VALIDATION_ERROR    | false | false
        INVALID_ARGUMENT    | etcdserver: request is too large                                        | VALIDATION_ERROR    | false | false
        INVALID_ARGUMENT    | etcdserver: too many operations in txn request                          | VALIDATION_ERROR    | false | false
        INVALID_ARGUMENT    | etcdserver: duplicate key given in txn request                          | VALIDATION_ERROR    | false | false
        INVALID_ARGUMENT    | etcdserver: key is not provided                                         | VALIDATION_ERROR    | false | false
        INVALID_ARGUMENT    | etcdserver: authentication failed, invalid user ID or password          | PERMISSION_DENIED   | false | false
        INVALID_ARGUMENT    | etcdserver: user name is empty                                          | PERMISSION_DENIED   | false | false
        INVALID_ARGUMENT    | etcdserver: revision of auth store is old                               | SERVICE_UNAVAILABLE | false | true
        PERMISSION_DENIED   | etcdserver: permission denied                                           | PERMISSION_DENIED   | false | false
        UNAUTHENTICATED     | etcdserver: invalid auth token                                          | PERMISSION_DENIED   | false | false
        RESOURCE_EXHAUSTED  | etcdserver: mvcc: database space exceeded                               | SERVICE_UNAVAILABLE | false | false
        RESOURCE_EXHAUSTED  | etcdserver: too many requests                                           | SERVICE_UNAVAILABLE | false | true
        RESOURCE_EXHAUSTED  | grpc: received message larger than max (3000000 vs. 2097152)            | VALIDATION_ERROR    | false | false
        RESOURCE_EXHAUSTED  | gRPC message exceeds maximum size 67108864: 70000000                    | VALIDATION_ERROR    | true  | false
        RESOURCE_EXHAUSTED  | something else                                                          | SERVICE_UNAVAILABLE | true  | true
        UNAVAILABLE         | etcdserver: no leader                                                   | SERVICE_UNAVAILABLE | true  | true
        UNAVAILABLE         | etcdserver: request timed out                                           | SERVICE_UNAVAILABLE | true  | true
        UNAVAILABLE         | etcdserver: leader changed                                              | SERVICE_UNAVAILABLE | true  | true
        UNAVAILABLE         | etcdserver: rpc not supported for learner                               | SERVICE_UNAVAILABLE | false | true
        UNAVAILABLE         | ''                                                                      | CONNECTION_ERROR    | true  | true
        UNAVAILABLE         | Network closed for unknown reason                                       | CONNECTION_ERROR    | true  | true
        UNKNOWN             | context deadline exceeded                                               | TIMEOUT_ERROR       | true  | true
        UNKNOWN             | auth: user name is empty                                                | PERMISSION_DENIED   | false | false
        UNKNOWN             | auth: invalid auth token                                                | PERMISSION_DENIED   | false | false
        UNKNOWN             | raft proposal dropped                                                   | SERVICE_UNAVAILABLE | true  | true
        INTERNAL            | RST_STREAM closed stream                                                | SERVICE_UNAVAILABLE | true  | true
        INTERNAL            | http2 exception                                                         | CONNECTION_ERROR    | true  | true
        ABORTED             | whatever                                                                | SERVICE_UNAVAILABLE | true  | true
        CANCELLED           | context canceled                                                        | SERVICE_UNAVAILABLE | true  | true
        DEADLINE_EXCEEDED   | CallOptions deadline exceeded                                           | TIMEOUT_ERROR       | true  | true
        UNIMPLEMENTED       | unknown service                                                         | INTERNAL_ERROR      | false | false
        DATA_LOSS           | etcdserver: corrupt                                                     | INTERNAL_ERROR      | true  | false
        """)
    void everyAnswerHasItsCode(
            Status.Code code, String words, ErrorCode expected, boolean outcomeUnknown, boolean retryable) {
        CoordinationException failure = of(code.toStatus().withDescription(words));

        assertThat(failure.code()).isEqualTo(expected);
        assertThat(failure.outcomeUnknown()).isEqualTo(outcomeUnknown);
        assertThat(failure.retryable()).isEqualTo(retryable);
        assertThat(failure).hasMessageContaining("txn '/k'").hasMessageContaining("http://a:1, http://b:2");
    }

    @ParameterizedTest
    @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
    void aStatusWithoutWordsHasACodeAndAMessageToo(Status.Code code) {
        CoordinationException failure = of(code.toStatus());

        assertThat(failure).hasMessageContaining("txn '/k' failed on etcd at http://a:1, http://b:2: ");
        assertThat(failure.getMessage()).doesNotContain("null");
        assertThat(failure).hasCauseInstanceOf(io.grpc.StatusRuntimeException.class);
    }

    @ParameterizedTest
    @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
    void whatWasNeverSentOrOnlyReadsHasNoUnknownOutcome(Status.Code code) {
        assertThat(errors.of("txn '/k'", true, code.toStatus(), false).outcomeUnknown())
                .isFalse();
        assertThat(errors.of("range '/k'", false, code.toStatus(), true).outcomeUnknown())
                .isFalse();
    }

    @Test
    void aRefusedConnectionProvesThatNothingWasApplied() {
        Status refused = Status.UNAVAILABLE.withCause(new ConnectException("Connection refused: /127.0.0.1:1"));

        CoordinationException failure = errors.of("txn '/k'", true, refused, false);

        assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    @ParameterizedTest(name = "{0} {1} is a problem of the member: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        UNAVAILABLE        | ''                                                             | true
        UNAVAILABLE        | etcdserver: no leader                                          | true
        UNAVAILABLE        | etcdserver: request timed out                                  | true
        UNAVAILABLE        | etcdserver: server stopped                                     | true
        UNAVAILABLE        | etcdserver: rpc not supported for learner                      | true
        UNAVAILABLE        | etcdserver: leader changed                                     | false
        DEADLINE_EXCEEDED  | ''                                                             | true
        CANCELLED          | context canceled                                               | true
        UNKNOWN            | context deadline exceeded                                      | true
        UNKNOWN            | raft proposal dropped                                          | false
        INTERNAL           | http2 exception                                                | true
        INTERNAL           | RST_STREAM closed stream. HTTP/2 error code: INTERNAL_ERROR    | true
        INTERNAL           | something else                                                 | false
        RESOURCE_EXHAUSTED | etcdserver: too many requests                                  | false
        OUT_OF_RANGE       | etcdserver: mvcc: required revision is a future revision       | false
        PERMISSION_DENIED  | etcdserver: permission denied                                  | false
        NOT_FOUND          | etcdserver: requested lease not found                          | false
        """)
    void whatAnotherMemberMayDoBetterIsKnown(Status.Code code, String words, boolean expected) {
        assertThat(EtcdErrors.isMemberProblem(code.toStatus().withDescription(words)))
                .isEqualTo(expected);
    }

    @Test
    void aTimeoutIsATimeoutException() {
        assertThat(of(Status.DEADLINE_EXCEEDED)).isInstanceOf(CoordinationTimeoutException.class);
    }

    @Test
    void aTimeoutBeforeAnythingWasSentBlamesTheConnection() {
        assertThat(errors.of("range '/k'", false, Status.DEADLINE_EXCEEDED, false))
                .hasMessageContaining("no connection was ready in time");
    }

    @Test
    void aFullDatabaseSaysWhatToDo() {
        assertThat(of(Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded")))
                .hasMessageContaining("compact, defragment and disarm");
    }

    @Test
    void theCausesOfALostConnectionAreNamed() {
        assertThat(disconnected(new ConnectException("Connection refused: /127.0.0.1:1")))
                .hasMessageContaining("no connection could be made: Connection refused: /127.0.0.1:1");
        assertThat(disconnected(new IOException(new NoRouteToHostException("No route to host"))))
                .hasMessageContaining("no connection could be made: No route to host");
        assertThat(disconnected(new UnknownHostException("nowhere.invalid")))
                .hasMessageContaining("the host name cannot be looked up: nowhere.invalid");
        assertThat(disconnected(new SSLHandshakeException("Received fatal alert: bad_certificate")))
                .hasMessageContaining("client certificate")
                .hasMessageContaining("bad_certificate");
        assertThat(disconnected(sslFailure("unable to find valid certification path to requested target")))
                .hasMessageContaining("not trusted")
                .hasMessageContaining("tls.trustCertificates");
        assertThat(disconnected(sslFailure("No subject alternative names matching IP address 127.0.0.1 found")))
                .hasMessageContaining("another host")
                .hasMessageContaining("tls.authority");
    }

    /** A server that speaks plain text may close the connection or reset it when it reads a handshake. */
    @Test
    void aHandshakeThatWasNotFinishedIsNamedHoweverItEnded() {
        Status closed = Status.UNAVAILABLE
                .withDescription("Connection closed while performing TLS negotiation")
                .withCause(new IOException("closed"));
        Status reset = Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(new IOException("Connection reset by peer"));

        for (Status ended : List.of(closed, reset)) {
            assertThat(overTls.of("txn '/k'", true, ended, false))
                    .hasMessageContaining("ended the TLS handshake: write http if it does not speak TLS")
                    .hasMessageContaining("does the server want a client certificate");
        }
        assertThat(errors.of("txn '/k'", true, reset, false))
                .hasMessageContaining("does it want https")
                .hasMessageNotContaining("TLS");
        assertThat(overTls.of("txn '/k'", true, reset, true))
                .hasMessageContaining("the connection broke: Connection reset by peer");
    }

    private static Throwable sslFailure(String reason) {
        SSLHandshakeException failure = new SSLHandshakeException("General OpenSslEngine problem");
        failure.initCause(new CertPathBuilderException(reason));
        return failure;
    }

    private CoordinationException disconnected(Throwable cause) {
        CoordinationException failure =
                of(Status.UNAVAILABLE.withDescription("io exception").withCause(cause));
        assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
        return failure;
    }

    @Test
    void theLastFailureOfACallSaysHowManyAttemptsThereWereAndWhatTheyLeaveOpen() {
        CoordinationException last = errors.of("txn '/k'", true, Status.NOT_FOUND, true);

        assertThat(errors.atLast(last, false, 1, Duration.ofSeconds(5))).isSameAs(last);
        CoordinationException unknown = errors.atLast(last, true, 3, Duration.ofSeconds(5));
        assertThat(unknown.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(unknown.outcomeUnknown()).isTrue();
        assertThat(unknown).hasMessageContaining("3 attempts within 5 s");
    }

    @Test
    void aFullDatabaseStaysNotRetryableAtTheEndOfACall() {
        CoordinationException last = of(Status.RESOURCE_EXHAUSTED.withDescription("database space exceeded"));

        assertThat(errors.atLast(last, true, 2, Duration.ofSeconds(5)).retryable())
                .isFalse();
    }

    @Test
    void tokenProblemsAreRecognisedByCodeAndByWords() {
        assertThat(EtcdErrors.isTokenProblem(Status.UNAUTHENTICATED)).isTrue();
        assertThat(EtcdErrors.isTokenProblem(Status.INVALID_ARGUMENT.withDescription("revision of auth store is old")))
                .isTrue();
        assertThat(EtcdErrors.isTokenProblem("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token"))
                .isTrue();
        assertThat(EtcdErrors.isTokenProblem(Status.UNAVAILABLE)).isFalse();
    }
}
